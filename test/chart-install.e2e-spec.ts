import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helm, helm4Env, ownHelmHome } from './support/helm.js';
import { sendTo } from './support/https-client.js';
import { podEnvironment, podFolder, secretData, uidsOf } from './support/installed-chart.js';
import { bearer } from './support/mcp-clients.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { CHART, render } from './support/skyflo-chart.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const run = promisify(execFile);

const RELEASE = 'skyflo-mcp-chart';
const own = useNamespace('chart-install');
const charts = () => join(testSandbox().folder, 'skyflo-charts');

const server = useServer({
  defaults: { release_name: RELEASE, namespace: own.name },
  env: () => ({ ...ownHelmHome('chart-install'), HELM_CHARTS_DIR: charts() }),
});

const now = { chart: './now', timeout_seconds: 50 };

beforeAll(async () => {
  const before = fileURLToPath(new URL('fixtures/charts/skyflo-mcp-0.0.9', import.meta.url));
  rmSync(charts(), { recursive: true, force: true });
  cpSync(before, join(charts(), 'before'), { recursive: true });
  cpSync(CHART, join(charts(), 'now'), { recursive: true });
  await own.kubectl(
    'label',
    'namespace',
    own.name,
    'pod-security.kubernetes.io/enforce=restricted',
  );
});

describe('a release of the chart', () => {
  let first: Record<string, string>;
  let keys: Record<string, string>;

  it('is upgraded from the version before', async () => {
    await server.textOf('helm_install', { ...now, chart: './before' });
    first = await uidsOf(RELEASE);
    keys = await secretData(own.name, `${RELEASE}-keys`);
    expect(keys).toEqual({ 'api-keys.json': expect.any(String), pepper: expect.any(String) });
    expect(await server.textOf('helm_upgrade', now)).toContain(RELEASE);
  });

  it('has nothing that was made again, but pods', async () => {
    const second = await uidsOf(RELEASE);
    const kept = Object.keys(first).filter((name) => !/^(Pod|ReplicaSet)\//.test(name));
    expect(kept.length).toBeGreaterThan(5);
    for (const name of kept) expect([name, second[name]]).toEqual([name, first[name]]);
  });

  it('keeps its key, also in the preview of an upgrade', async () => {
    expect(await secretData(own.name, `${RELEASE}-keys`)).toEqual(keys);
    const preview = await server.textOf('helm_upgrade', {
      ...now,
      values: 'podLabels: {team: platform}',
      dry_run: true,
    });
    expect(preview).toContain('team: platform');
    expect(preview).not.toContain('api-keys.json');
    expect(preview).not.toContain('tls.crt');
  });

  it('runs under the restricted Pod Security Standard', async () => {
    expect(await own.stored(`deployment/${RELEASE}`, '{.status.readyReplicas}')).toBe('1');
  });

  it('passes helm test, and its test is gone then', async () => {
    const text = await helm('test', RELEASE, '--namespace', own.name, '--timeout', '60s');
    expect(text).toMatch(/Phase: +Succeeded/);
    await expect.poll(() => own.isThere(`job/${RELEASE}-test`)).toBe(false);
  });

  it('goes back to the version before and forward again, with its key', async () => {
    await server.textOf('helm_rollback', { revision: 1 });
    expect(await own.stored(`service/${RELEASE}`, '{.spec.ports[0].name}')).toBe('http');
    expect(await secretData(own.name, `${RELEASE}-keys`)).toEqual(keys);
    await server.textOf('helm_upgrade', now);
    expect(await secretData(own.name, `${RELEASE}-keys`)).toEqual(keys);
  });
});

describe('the server as the pod starts it', () => {
  let pod: RunningServer;
  let port: string;
  let ca: string;
  let key: string;
  beforeAll(async () => {
    pod = await startServer(await podEnvironment(own.name, RELEASE));
    ({ port } = new URL(pod.url));
    ca = (await secretData(own.name, `${RELEASE}-tls`))['ca.crt']!;
    key = (await secretData(own.name, `${RELEASE}-key`))['api-key']!;
  });
  afterAll(() => pod.stop());

  const ask = (path: string, headers = {}) =>
    sendTo(`https://localhost:${port}${path}`, { ca, headers });

  it('speaks TLS, with the certificate of the chart', async () => {
    expect(await ask('/health')).toEqual({ status: 200, body: '{"status":"ok"}' });
    expect((await ask('/health/ready')).status).toBe(200);
  });

  it('takes the key of the chart, and no other', async () => {
    expect((await ask('/engine/v1/tools', bearer(key))).status).toBe(200);
    expect((await ask('/engine/v1/tools', bearer(`${key.slice(0, -1)}_`))).status).toBe(401);
    expect((await ask('/engine/v1/tools')).status).toBe(401);
  });

  it('is called by the names of its Service', async () => {
    const host = `${RELEASE}.${own.name}.svc:8081`;
    expect((await ask('/engine/v1/tools', { ...bearer(key), host })).status).toBe(200);
  });

  it('may read only, by its policy', async () => {
    const answer = await sendTo(
      `https://localhost:${port}/engine/v1/tools/k8s/k8s_delete/execute`,
      {
        ca,
        headers: bearer(key),
        body: { resource_type: 'configmap', name: 'a', namespace: own.name },
      },
    );
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('policy') });
  });

  it('passes the program of helm test, which fails with another key', async () => {
    const test = (await render()).find(({ kind }) => kind === 'Job')?.spec as {
      template: { spec: { containers: [{ command: string[]; args: string[] }] } };
    };
    const [{ command, args }] = test.template.spec.containers;
    const [program = '', ...rest] = [...command, ...args];
    const NODE_EXTRA_CA_CERTS = join(podFolder(RELEASE), 'tls/ca.crt');
    const env = { ...process.env, NODE_EXTRA_CA_CERTS, URL: `https://localhost:${port}` };
    const { stdout } = await run(program, rest, { env: { ...env, KEY: key } });
    expect(stdout).toBe('/engine/v1/tools: 200\n');
    await expect(run(program, rest, { env: { ...env, KEY: `${key}x` } })).rejects.toMatchObject({
      stdout: '/engine/v1/tools: 401\n',
    });
  });
});

describe('Helm 4', () => {
  it('takes the release over, and makes nothing again', async () => {
    const before = await uidsOf(RELEASE);
    const secrets = () =>
      Promise.all(
        ['keys', 'tls', 'audit'].map((name) => secretData(own.name, `${RELEASE}-${name}`)),
      );
    const kept = await secrets();
    const env = { ...process.env, ...testSandbox().env, ...helm4Env() };
    const upgrade = ['upgrade', RELEASE, CHART, '-n', own.name, '--wait', '--timeout', '60s'];
    await run('helm', upgrade, { env });
    expect(await uidsOf(RELEASE)).toEqual(before);
    expect(await secrets()).toEqual(kept);
  });
});

describe('an uninstall', () => {
  it('leaves nothing', async () => {
    await server.textOf('helm_uninstall', {});
    await expect.poll(() => uidsOf(RELEASE), { timeout: 30_000 }).toEqual({});
    expect(await own.names('secret')).toEqual([]);
  });
});
