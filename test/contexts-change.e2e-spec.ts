import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectReached,
  listedContexts,
  NOTICED,
  partsOf,
  reachedBy,
  readiness,
} from './support/changing-contexts.js';
import { ContextFile, kubeconfigOf, type ContextParts } from './support/context-file.js';
import { ExecutionsApi } from './support/executions.js';
import { CLIENTS } from './support/mcp-clients.js';
import { execute, readJson, textOf } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';
import { useTwoSandboxes, type ClusterInUse } from './support/two-sandboxes.js';

const sandboxes = useTwoSandboxes();

let folder: string;
const running: RunningServer[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contexts-change-'));
});
afterAll(async () => {
  await Promise.all(running.map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});

async function serve(env: Record<string, string>): Promise<RunningServer> {
  const server = await startServer({ SHUTDOWN_GRACE_SECONDS: '1', ...env });
  running.push(server);
  return server;
}

describe('kubeconfig files that change', () => {
  it('are found though there was none at the start, each at its own time', async () => {
    const one = new ContextFile(join(folder, 'late', 'one'));
    const two = new ContextFile(join(folder, 'later', 'two'));
    const server = await serve({ KUBECONFIG: [one.path, two.path].join(delimiter) });
    expect(await reachedBy(server)).toMatch(/^No cluster is configured\./);
    one.write({ one: partsOf(sandboxes.first) });
    await expectReached(server, undefined, sandboxes.first);
    two.write({ two: partsOf(sandboxes.second) });
    await expectReached(server, 'two', sandboxes.second);
    expect(await reachedBy(server)).toBe(sandboxes.first.access.cluster.server);
    rmSync(two.path);
    await expect.poll(() => reachedBy(server, 'two'), NOTICED).toMatch(/^Unknown context "two"/);
    expect(await readiness(server)).toMatchObject({ contexts: { one: 'ok' } });
  });

  it('change what clients are listed, who hear of it', async () => {
    const file = new ContextFile(join(folder, 'heard'));
    file.write({ one: partsOf(sandboxes.first) });
    const env = { KUBECONFIG: file.path };
    const server = await serve(env);
    const clients = await Promise.all(
      Object.entries(CLIENTS).map(async ([kind, connect]) => {
        const client = await connect({ ...server, env });
        const heard = { kind, client, told: 0 };
        await client.onToolsChanged(() => (heard.told += 1));
        expect([kind, await listedContexts(client)]).toEqual([kind, undefined]);
        return heard;
      }),
    );
    const expectListed = async (times: number, contexts: string[]) => {
      const told = () => clients.map(({ kind, told: heard }) => [kind, heard]);
      const wanted = clients.map(({ kind }) => [kind, times]);
      await expect.poll(told, NOTICED).toEqual(wanted);
      for (const { kind, client } of clients) {
        expect([kind, await listedContexts(client)]).toEqual([kind, contexts]);
      }
    };
    file.write({ one: partsOf(sandboxes.first), two: partsOf(sandboxes.second) });
    await expectListed(1, ['one', 'two']);
    expect(await reachedBy(server, 'two')).toBe(sandboxes.second.access.cluster.server);
    await file.config('rename-context', 'two', 'other');
    await expectListed(2, ['one', 'other']);
    expect(await reachedBy(server, 'two')).toMatch(/"two" is unknown|Unknown context/);
    await file.config('delete-context', 'other');
    // The parameter stays, for those who still name the context that is left.
    await expectListed(3, ['one']);
    expect(await reachedBy(server, 'one')).toBe(sandboxes.first.access.cluster.server);
    const { body } = await readJson(`${server.url}/openapi.json`);
    expect(JSON.stringify(body)).toContain('"enum":["one"]');
    await Promise.all(clients.map(({ client }) => client.close()));
  }, 180_000);

  it('lead the next call elsewhere, and let calls under way go on', async () => {
    const { first, second } = sandboxes;
    const stuck = 'contexts-change';
    const image = 'registry.example/app:invalid-tag';
    await first.kubectl('create', 'deployment', stuck, '-n', 'billing', `--image=${image}`);
    const file = new ContextFile(join(folder, 'moving'));
    file.write({ moving: partsOf(first), going: partsOf(first) });
    const server = await serve({ KUBECONFIG: file.path });
    const executions = new ExecutionsApi(server);
    const args = { name: stuck, namespace: 'billing', timeout_seconds: 110 };
    const ids = await Promise.all(
      ['moving', 'going'].map((context) =>
        executions.start('k8s_rollout_status', { ...args, context }),
      ),
    );
    const streamed = await executions.stream('k8s_rollout_status', { ...args, context: 'going' });
    for (const id of ids) await executions.running(id);
    file.write({ moving: partsOf(second) });
    await expectReached(server, 'moving', second);
    await expect.poll(() => reachedBy(server, 'going'), NOTICED).toMatch(/Unknown context "going"/);
    await first.kubectl('set', 'image', `deployment/${stuck}`, '-n', 'billing', '*=nginx:1');
    for (const id of ids) {
      const { status, result } = await executions.finished(id);
      expect([status, result]).toEqual(['succeeded', expect.stringContaining('rolled out')]);
    }
    expect(JSON.stringify(await streamed.result())).toContain('successfully rolled out');
    await first.kubectl('delete', 'deployment', stuck, '-n', 'billing');
  }, 180_000);

  it('keep in force what they said before while they are broken', async () => {
    const file = new ContextFile(join(folder, 'broken'));
    const contexts = { one: partsOf(sandboxes.first), two: partsOf(sandboxes.second) };
    file.write(contexts);
    const server = await serve({ KUBECONFIG: file.path });
    expect(await readiness(server)).toMatchObject({ status: 'ready', missing: [] });
    file.writeText(kubeconfigOf(contexts).slice(0, 500));
    const reason = expect.stringMatching(/^Kubeconfig 1 of 1 is not in force: /) as string;
    await expect
      .poll(() => readiness(server), NOTICED)
      .toMatchObject({
        status: 'degraded',
        contexts: { one: 'ok', two: 'ok' },
        missing: [{ reason, tools: [] }],
      });
    const told = () => server.log.filter(({ msg }) => msg.startsWith('a kubeconfig is wrong'));
    expect(told()).toEqual([
      expect.objectContaining({ problem: expect.stringContaining(file.path) as string }),
    ]);
    file.write(contexts);
    await expect.poll(() => readiness(server), NOTICED).toMatchObject({ status: 'ready' });
    expect(told()).toHaveLength(1);
  });

  it('break the context alone that is broken, and say why by its name', async () => {
    const file = new ContextFile(join(folder, 'partial'));
    const { first } = sandboxes;
    file.write({ one: partsOf(first) });
    const server = await serve({ KUBECONFIG: file.path });
    const { cluster } = first.access;
    file.write({
      one: partsOf(first),
      uncertified: partsOf(first, {
        cluster: { server: cluster.server, 'certificate-authority': 'none.pem' },
      }),
      nowhere: partsOf(first, { cluster: { server: 'not a url' } }),
    });
    await expect
      .poll(() => readiness(server), NOTICED)
      .toMatchObject({
        status: 'degraded',
        contexts: {
          one: 'ok',
          uncertified: expect.stringContaining('certificate-authority: cannot read its file'),
          nowhere: expect.stringContaining('cluster "nowhere": server is not a URL'),
        },
      });
    expect(server.log).toContainEqual(
      expect.objectContaining({ msg: 'a context cannot be used', kubeContext: 'nowhere' }),
    );
    expect(await reachedBy(server, 'one')).toBe(cluster.server);
  });

  it('may be a mounted volume, which is swapped as a whole', async () => {
    const volume = join(folder, 'volume');
    const put = (version: string, contexts: Record<string, ContextParts>) => {
      new ContextFile(join(volume, version, 'config')).write(contexts);
      symlinkSync(version, join(volume, '..data_tmp'));
      renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
    };
    put('..2026_1', { mounted: partsOf(sandboxes.first) });
    symlinkSync('..data/config', join(volume, 'config'));
    const server = await serve({ KUBECONFIG: join(volume, 'config') });
    await expectReached(server, undefined, sandboxes.first);
    put('..2026_2', { mounted: partsOf(sandboxes.second) });
    rmSync(join(volume, '..2026_1'), { recursive: true });
    await expectReached(server, undefined, sandboxes.second);
  });

  it('may have a hundred contexts, which no tool lists one by one', async () => {
    const file = new ContextFile(join(folder, 'hundred'));
    file.write({ one: partsOf(sandboxes.first) });
    const server = await serve({ KUBECONFIG: file.path });
    const client = await CLIENTS['2026 over Streamable HTTP']!(server);
    const bytesBefore = JSON.stringify(await client.listTools()).length;
    const names = Array.from({ length: 99 }, (_, index) => `cluster-${index}.example`);
    const others = names.map((name) => [name, partsOf(sandboxes.second)] as const);
    file.write({ one: partsOf(sandboxes.first), ...Object.fromEntries(others) });
    await expectReached(server, names.at(-1), sandboxes.second);
    const bytes = JSON.stringify(await client.listTools()).length;
    expect(bytes - bytesBefore).toBeLessThan(4_000);
    await client.close();
    const later = await CLIENTS['2026 over Streamable HTTP']!(server);
    expect(later.instructions()).toContain(names.at(-1));
    await later.close();
    const { contexts } = await readiness(server);
    expect(new Set(Object.values(contexts))).toEqual(new Set(['ok']));
  });
});

describe('credentials that change', () => {
  /** A token of a service account that may read everything, or nothing. */
  async function tokenOf(account: string, { kubectl }: ClusterInUse): Promise<string> {
    return (await kubectl('create', 'token', account, '-n', 'contexts-change')).trim();
  }

  beforeAll(async () => {
    const { kubectl } = sandboxes.first;
    await kubectl('create', 'namespace', 'contexts-change');
    for (const account of ['blind', 'seeing']) {
      await kubectl('create', 'serviceaccount', account, '-n', 'contexts-change');
    }
    const binding = ['--clusterrole=view', '--serviceaccount=contexts-change:seeing'];
    await kubectl('create', 'clusterrolebinding', 'contexts-change', ...binding);
  });
  afterAll(async () => {
    const { kubectl } = sandboxes.first;
    await kubectl('delete', 'clusterrolebinding', 'contexts-change');
    await kubectl('delete', 'namespace', 'contexts-change', '--wait=false');
  });

  const pods = { resource_type: 'pods', namespace: 'shop' };
  const statusOf = async ({ url }: RunningServer, context?: string) =>
    (await execute(url, 'k8s_get', { ...pods, context })).status;

  it('are those of a token file as it is now, and those before if it goes', async () => {
    const { first } = sandboxes;
    const token = join(folder, 'token');
    writeFileSync(token, await tokenOf('blind', first));
    const file = new ContextFile(join(folder, 'rotating'));
    file.write({ rotating: partsOf(first, { user: { tokenFile: 'token' } }) });
    const server = await serve({ KUBECONFIG: file.path });
    expect(await statusOf(server)).toBe(403);
    writeFileSync(`${token}.new`, await tokenOf('seeing', first));
    renameSync(`${token}.new`, token);
    await expect.poll(() => statusOf(server), NOTICED).toBe(200);
    unlinkSync(token);
    const reason = expect.stringMatching(
      /tokenFile: cannot read its file .* stays in use/,
    ) as string;
    await expect
      .poll(async () => (await readiness(server)).missing, NOTICED)
      .toContainEqual({ reason, tools: [] });
    expect(await statusOf(server)).toBe(200);
  });

  it('are those of the account of the pod, beside a kubeconfig', async () => {
    const { first, second } = sandboxes;
    const account = join(folder, 'serviceaccount');
    mkdirSync(account);
    const { cluster } = first.access;
    const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
    writeFileSync(join(account, 'ca.crt'), ca);
    writeFileSync(join(account, 'namespace'), 'contexts-change');
    writeFileSync(join(account, 'token'), await tokenOf('blind', first));
    const { hostname, port } = new URL(cluster.server);
    const file = new ContextFile(join(folder, 'beside'));
    const server = await serve({
      KUBECONFIG: file.path,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      SERVICE_ACCOUNT_PATH: account,
    });
    expect(await statusOf(server)).toBe(403);
    file.write({ two: partsOf(second) });
    await expectReached(server, undefined, second);
    expect(await statusOf(server, 'in-cluster')).toBe(403);
    writeFileSync(join(account, 'token'), await tokenOf('seeing', first));
    await expect.poll(() => statusOf(server, 'in-cluster'), NOTICED).toBe(200);
    const text = textOf(await execute(server.url, 'k8s_cluster_info', { context: 'in-cluster' }));
    expect(text).toContain('Context: in-cluster (namespace contexts-change)');
    file.write({ two: partsOf(second), 'in-cluster': partsOf(second) });
    await expectReached(server, 'in-cluster', second);
  });
});
