import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeGreeterChart } from './support/greeter-chart.js';
import { ownHelmHome } from './support/helm.js';
import { createObjects } from './support/manifest.js';
import { mcpTextOf } from './support/mcp-clients.js';
import { canary } from './support/rollouts.js';
import { testSandbox } from './support/sandbox.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const AWAY_MS = 2_500;

const own = useNamespace('outages-of-all');
const charts = () => `${testSandbox().folder}/outage-charts`;
const door = useGate();
const server = useServer({
  env: async () => ({
    ...(await door.env()),
    ...ownHelmHome('outages'),
    HELM_CHARTS_DIR: charts(),
  }),
});

beforeAll(async () => {
  writeGreeterChart(charts(), '1.0.0');
  const steps = [{ setWeight: 25 }, { pause: { duration: '1h' } }];
  await createObjects(canary({ namespace: own.name, name: 'web' }, steps));
  await own.kubectl('wait', 'rollout/web', '--for=jsonpath={.status.phase}=Healthy');
  await server.textOf('argo_set_image', { namespace: own.name, name: 'web', image: 'app=app:2' });
});

/** Calls a tool that waits, and notes what it tells. */
function waiting(tool: string, args: Record<string, unknown>) {
  const told: string[] = [];
  const options = { onprogress: ({ message = '' }) => void told.push(message) };
  const answer = server.mcp.call(
    tool,
    { namespace: own.name, timeout_seconds: 40, ...args },
    options,
  );
  return { told, text: answer.then(mcpTextOf) };
}

describe('calls that wait while the cluster is away for a moment', () => {
  it('see it through: of Argo Rollouts, of Helm, and of a pod', async () => {
    const rollout = waiting('argo_status', { name: 'web', watch: true });
    const release = waiting('helm_install_with_values', {
      chart: './greeter',
      release_name: 'greeter',
      values: 'ready: false\n',
      wait: true,
    });
    await expect.poll(() => rollout.told).not.toEqual([]);
    await expect.poll(() => release.told.join()).toContain('deployment.apps/greeter');
    const run = { image: 'busybox:1.37', restart_policy: 'never', wait: true };
    const pod = waiting('k8s_run_pod', { name: 'job', ...run });
    await expect.poll(() => own.isThere('pod/job')).toBe(true);
    door.gate.goAway();
    await sleep(AWAY_MS);
    door.gate.comeBack();
    const ready = [{ op: 'replace', path: PROBE_PATH, value: '/' }];
    await own.kubectl('patch', 'deployment', 'greeter', '--type=json', '-p', JSON.stringify(ready));
    await own.kubectl('patch', 'rollout', 'web', '--type=merge', '-p', '{"spec":{"paused":true}}');
    expect(await rollout.text).toContain('does not continue by itself');
    expect(await pod.text).toContain('succeeded with exit code 0');
    expect(await release.text).toContain('STATUS: deployed');
    for (const { told } of [rollout, pod]) {
      expect(told).toContainEqual(expect.stringMatching(/^The cluster is away: /));
      expect(told).toContain('The cluster is back.');
    }
  });
});

describe('a port forward', () => {
  it('lets a new connection wait while the cluster is away for a moment', async () => {
    const args = {
      namespace: 'shop',
      resource_type: 'service',
      resource_name: 'web',
      ports: '0:80',
    };
    const { body } = await server.call('k8s_port_forward', args);
    const address = /127\.0\.0\.1:\d+/.exec(body.result ?? '')?.[0] ?? '';
    // Each on a connection of its own.
    const ask = async (path: string) =>
      (await fetch(`http://${address}${path}`, { headers: { connection: 'close' } })).json();
    expect(await ask('/before')).toMatchObject({ url: '/before' });
    door.gate.goAway();
    const [answer] = await Promise.all([
      ask('/meanwhile'),
      sleep(1_000).then(() => door.gate.comeBack()),
    ]);
    expect(answer).toMatchObject({ url: '/meanwhile' });
  });
});

const PROBE_PATH = '/spec/template/spec/containers/0/readinessProbe/httpGet/path';
