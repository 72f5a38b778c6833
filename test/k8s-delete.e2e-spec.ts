import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nextCancelled } from './support/call-log.js';
import { kubectl } from './support/kubectl.js';
import { createObjects, namespace as namespaceOf, workload } from './support/manifest.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const namespace = 'deletions';
const HOLD = 'example.com/hold';

let server: RunningServer;
let mcp: McpClient;
beforeAll(async () => {
  await createObjects(namespaceOf(namespace));
  server = await startServer();
  mcp = await CLIENTS['2025 over Streamable HTTP']!(server);
});
afterAll(async () => {
  await mcp.close();
  await server.stop();
  await kubectl('delete', 'namespace', namespace, '--wait=false');
});

type Args = Record<string, unknown>;
const call = (args: Args) => execute(server.url, 'k8s_delete', { namespace, ...args });
const textOf = async (args: Args): Promise<string> => {
  const { status, body } = await call(args);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
};
const configMap = (name: string, finalizers?: string[]) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, finalizers },
  data: { color: 'green' },
});
const release = (name: string) =>
  kubectl(
    'patch',
    'configmap',
    name,
    '-n',
    namespace,
    '--type=merge',
    '-p',
    '{"metadata":{"finalizers":null}}',
  );
/** The names of a kind's objects that are there, in order. */
const there = async (kind: string) =>
  (await kubectl('get', kind, '-n', namespace, '-o', 'jsonpath={.items[*].metadata.name}'))
    .split(' ')
    .filter(Boolean);

describe('k8s_delete', () => {
  it('deletes an object and shows what it was', async () => {
    await createObjects(configMap('plain'));
    const text = await textOf({ name: 'plain', resource_type: 'cm' });
    expect(text).toMatch(/^configmap\/plain deleted\n/);
    expect(text).toContain('-  color: green');
    expect(await there('configmap')).not.toContain('plain');
    expect(await call({ name: 'plain', resource_type: 'cm' })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'configmaps "plain" not found' },
    });
  });

  it('deletes a Secret without showing its values, over MCP', async () => {
    await kubectl(
      'create',
      'secret',
      'generic',
      'token',
      '-n',
      namespace,
      '--from-literal=key=hush-123',
    );
    const { content } = await mcp.call('k8s_delete', {
      name: 'token',
      resource_type: 'secret',
      namespace,
    });
    expect(content[0]?.text).toMatch(/^secret\/token deleted\n/);
    expect(content[0]?.text).not.toMatch(/hush-123|aHVzaC0xMjM/);
    expect(await there('secret')).toEqual([]);
  });

  it('deletes nothing in a dry run', async () => {
    await createObjects(configMap('kept'));
    const text = await textOf({ name: 'kept', resource_type: 'configmap', dry_run: true });
    expect(text).toMatch(/^configmap\/kept deleted \(dry run: nothing was changed\)\n/);
    expect(text).toContain('-  color: green');
    expect(await there('configmap')).toContain('kept');
  });

  it('answers when a pod is really gone, and not before', async () => {
    await kubectl('run', 'alone', '--image=nginx:1.27', '-n', namespace);
    await kubectl('wait', 'pod/alone', '--for=condition=Ready', '-n', namespace);
    await textOf({ name: 'alone', resource_type: 'pod' });
    expect(await there('pod')).toEqual([]);
  });

  it('takes dependents along, before or after, or leaves them', async () => {
    const sets = ['background', 'foreground', 'orphan'];
    await createObjects(
      ...sets.map((name) => workload('ReplicaSet', { namespace, name }, { app: 'app:1' })),
    );
    await vi.waitFor(async () => expect(await there('pod')).toHaveLength(3), 10_000);
    for (const name of sets) {
      await textOf({ name, resource_type: 'rs', propagation: name.toUpperCase() });
      expect(await there('rs')).not.toContain(name);
      if (name === 'foreground') {
        expect((await there('pod')).filter((pod) => pod.startsWith(name))).toEqual([]);
      }
    }
    await vi.waitFor(
      async () => expect(await there('pod')).toEqual([expect.stringMatching(/^orphan-/)]),
      10_000,
    );
  });

  it('names the finalizers that it waits for when the time is over', async () => {
    await createObjects(configMap('stuck', [HOLD]));
    const startedAt = performance.now();
    const { status, body } = await call({
      name: 'stuck',
      resource_type: 'configmap',
      timeout_seconds: 1,
    });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect([status, body.code, body.retryable]).toEqual([504, 'timeout', false]);
    expect(body.detail).toMatch(/was requested and goes on.*example\.com\/hold/);
    expect(await textOf({ name: 'stuck', resource_type: 'configmap', timeout_seconds: 0 })).toMatch(
      /^configmap\/stuck is being deleted\n/,
    );
    const waiting = textOf({ name: 'stuck', resource_type: 'configmap', timeout_seconds: 20 });
    setTimeout(() => void release('stuck'), 500);
    expect(await waiting).toMatch(/^configmap\/stuck deleted\n/);
    expect(await there('configmap')).not.toContain('stuck');
  });

  it('names the dependents that hold up a foreground deletion', async () => {
    await createObjects(workload('ReplicaSet', { namespace, name: 'owner' }, { app: 'app:1' }));
    const podName = async () => (await there('pod')).find((pod) => pod.startsWith('owner-'));
    await vi.waitFor(async () => expect(await podName()).toBeDefined(), 10_000);
    const pod = `pod/${await podName()}`;
    const finalizers = (value: unknown) =>
      kubectl(
        'patch',
        pod,
        '-n',
        namespace,
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { finalizers: value } }),
      );
    await finalizers([HOLD]);
    const { status, body } = await call({
      name: 'owner',
      resource_type: 'rs',
      propagation: 'foreground',
      timeout_seconds: 2,
    });
    await finalizers(null);
    expect([status, body.detail]).toEqual([504, expect.stringContaining(`dependents ${pod}`)]);
  });

  it('says what is left in a namespace that does not go', async () => {
    const name = 'deletions-held';
    await createObjects(namespaceOf(name));
    const held = configMap('held', [HOLD]);
    await createObjects({ ...held, metadata: { ...held.metadata, namespace: name } });
    const { status, body } = await call({ name, resource_type: 'ns', timeout_seconds: 12 });
    await kubectl(
      'patch',
      'configmap',
      'held',
      '-n',
      name,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    expect([status, body.detail]).toEqual([504, expect.stringContaining(HOLD)]);
  });

  it('ends its waiting when the caller hangs up', async () => {
    await createObjects(configMap('abandoned', [HOLD]));
    const cancelled = nextCancelled(server.log);
    const caller = new AbortController();
    const waiting = mcp.call(
      'k8s_delete',
      { name: 'abandoned', resource_type: 'cm', namespace, timeout_seconds: 600 },
      { signal: caller.signal },
    );
    setTimeout(() => caller.abort(), 500);
    await expect(waiting).rejects.toThrow();
    await cancelled();
    await release('abandoned');
  });

  it.each(['n --all', '-A', '--all', '../x', 'a/b', 'x'.repeat(300), 'naïve', '', ' '])(
    'refuses the name %j',
    async (name) => {
      const before = await there('configmap');
      expect(await call({ name, resource_type: 'configmap' })).toMatchObject({
        status: 422,
        body: { code: 'invalid_input' },
      });
      expect(await there('configmap')).toEqual(before);
    },
  );
});
