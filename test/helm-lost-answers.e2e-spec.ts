import { beforeAll, describe, expect, it } from 'vitest';
import { isWrite } from './support/api-gate.js';
import { writeGreeterChart } from './support/greeter-chart.js';
import { helm, ownHelmHome } from './support/helm.js';
import { testSandbox } from './support/sandbox.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('helm-lost-answers');
const charts = () => `${testSandbox().folder}/lost-charts`;
const door = useGate();
const server = useServer({
  defaults: { namespace: own.name, timeout_seconds: 30 },
  env: async () => ({ ...(await door.env()), ...ownHelmHome('lost'), HELM_CHARTS_DIR: charts() }),
});
beforeAll(() => void writeGreeterChart(charts(), '1.0.0'));

const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const isOfRecord = (method: string) => (request: { method?: string; url?: string }) =>
  isWrite(request) &&
  request.method === method &&
  /\/secrets(\/sh\.helm|$)/.test(request.url ?? '');

describe("a write of helm's whose answer something on the way has replaced", () => {
  it('leaves a release that is told as pending, with how to get it well', async () => {
    door.gate.replace(isOfRecord('POST'), 502, HTML);
    const args = { release_name: 'first', chart: './greeter' };
    const { body } = await server.call('helm_install', args);
    expect(body).toMatchObject({ code: 'upstream', retryable: false });
    const hint = /is left pending-install \(revision 1\).* remove it with helm_uninstall/;
    expect(body.detail).toMatch(hint);
    const told = await server.call('helm_status', {
      release_name: 'first',
      timeout_seconds: undefined,
    });
    expect(told.body.result).toMatch(hint);
  });

  it.each([
    ['helm_upgrade', 'PUT', 2, /is deployed now \(revision 2\)\.$/],
    ['helm_uninstall', 'DELETE', 1, /is gone now\.$/],
  ])('is told as made where %s was complete but for that', async (tool, method, which, fate) => {
    const release = tool.replace('_', '-');
    await helm('install', release, `${charts()}/greeter`, '-n', own.name);
    const isRecord = isOfRecord(method);
    let seen = 0;
    door.gate.replace((request) => isRecord(request) && ++seen === which, 503, 'no upstream');
    const chart = tool === 'helm_upgrade' ? { chart: './greeter' } : {};
    const { body } = await server.call(tool, { release_name: release, ...chart });
    expect(body).toMatchObject({ code: 'unavailable', retryable: false });
    expect(body.detail).toMatch(fate);
  });
});
