import { describe, expect, it, vi } from 'vitest';
import { nextCancelled } from './support/call-log.js';
import { kubectl } from './support/kubectl.js';
import {
  configMap,
  createObjects,
  namespace as namespaceOf,
  workload,
} from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const TOOL = 'k8s_delete';
const HOLD = 'example.com/hold';

const own = useNamespace('deletions');
const namespace = own.name;
const server = useServer({ defaults: { namespace } });

type Args = Record<string, unknown>;
const call = (args: Args) => server.call(TOOL, args);
const deleted = async (args: Args) => textOf(await call(args));
const make = (name: string, ...finalizers: string[]) =>
  createObjects(configMap(name, { color: 'green' }, { namespace, finalizers }));
const setFinalizers = (target: string, finalizers: string[] | null, where = namespace) => {
  const patch = JSON.stringify({ metadata: { finalizers } });
  return kubectl('patch', target, '-n', where, '--type=merge', '-p', patch);
};

describe('k8s_delete', () => {
  it('deletes an object', async () => {
    await make('plain');
    const text = await deleted({ name: 'plain', resource_type: 'cm' });
    expect(text).toBe('configmap/plain deleted');
    expect(await own.names('configmap')).not.toContain('plain');
    expect(await call({ name: 'plain', resource_type: 'cm' })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'configmaps "plain" not found' },
    });
  });

  it('deletes a Secret without showing its values, over MCP', async () => {
    await own.kubectl('create', 'secret', 'generic', 'token', '--from-literal=key=hush-123');
    const text = await server.textOverMcp(TOOL, { name: 'token', resource_type: 'secret' });
    expect(text).toBe('secret/token deleted');
    expect(await own.names('secret')).toEqual([]);
  });

  it('deletes nothing in a dry run', async () => {
    await make('kept');
    const text = await deleted({ name: 'kept', resource_type: 'configmap', dry_run: true });
    expect(text).toBe('configmap/kept deleted (dry run: nothing was changed)');
    expect(await own.names('configmap')).toContain('kept');
  });

  it('answers when a pod is really gone, and not before', async () => {
    await own.kubectl('run', 'alone', '--image=nginx:1.27');
    await own.kubectl('wait', 'pod/alone', '--for=condition=Ready');
    await deleted({ name: 'alone', resource_type: 'pod' });
    expect(await own.names('pod')).toEqual([]);
  });

  it('takes dependents along, before or after, or leaves them', async () => {
    const sets = ['background', 'foreground', 'orphan'];
    await createObjects(
      ...sets.map((name) => workload('ReplicaSet', { namespace, name }, { app: 'app:1' })),
    );
    await vi.waitFor(async () => expect(await own.names('pod')).toHaveLength(3), 30_000);
    for (const name of sets) {
      await deleted({ name, resource_type: 'rs', propagation: name.toUpperCase() });
      expect(await own.names('rs')).not.toContain(name);
      if (name === 'foreground') {
        expect((await own.names('pod')).filter((pod) => pod.startsWith(name))).toEqual([]);
      }
    }
    await vi.waitFor(
      async () => expect(await own.names('pod')).toEqual([expect.stringMatching(/^orphan-/)]),
      30_000,
    );
  });

  it('names the finalizers that it waits for when the time is over', async () => {
    await make('stuck', HOLD);
    const { status, body } = await call({
      name: 'stuck',
      resource_type: 'configmap',
      timeout_seconds: 1,
    });
    expect([status, body.code, body.retryable]).toEqual([504, 'timeout', false]);
    expect(body.detail).toMatch(/was requested and continues.*example\.com\/hold/);
    expect(await deleted({ name: 'stuck', resource_type: 'configmap', timeout_seconds: 0 })).toBe(
      'configmap/stuck is being deleted',
    );
    const waiting = deleted({ name: 'stuck', resource_type: 'configmap', timeout_seconds: 20 });
    setTimeout(() => void setFinalizers('configmap/stuck', null), 500);
    expect(await waiting).toBe('configmap/stuck deleted');
    expect(await own.names('configmap')).not.toContain('stuck');
  });

  it('names the dependents that hold up a foreground deletion', async () => {
    await createObjects(workload('ReplicaSet', { namespace, name: 'owner' }, { app: 'app:1' }));
    const podName = async () => (await own.names('pod')).find((pod) => pod.startsWith('owner-'));
    await vi.waitFor(async () => expect(await podName()).toBeDefined(), 30_000);
    const pod = `pod/${await podName()}`;
    await setFinalizers(pod, [HOLD]);
    const { status, body } = await call({
      name: 'owner',
      resource_type: 'rs',
      propagation: 'foreground',
      timeout_seconds: 2,
    });
    await setFinalizers(pod, null);
    expect([status, body.detail]).toEqual([504, expect.stringContaining(`dependents ${pod}`)]);
  });

  it('names dependents of kinds that are in no category', async () => {
    await make('parent');
    const { uid } = (await own.read('configmap/parent')).metadata;
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid };
    const ownerReferences = [{ ...owner, blockOwnerDeletion: true }];
    const metadata = { namespace, finalizers: [HOLD], ownerReferences };
    await createObjects(configMap('child', {}, metadata));
    const { status, body } = await call({
      name: 'parent',
      resource_type: 'configmap',
      propagation: 'foreground',
      timeout_seconds: 2,
    });
    await setFinalizers('configmap/child', null);
    expect([status, body.detail]).toEqual([
      504,
      expect.stringContaining('dependents configmap/child.'),
    ]);
  });

  it('says what is left in a namespace that does not go', async () => {
    const name = 'deletions-held';
    await createObjects(namespaceOf(name));
    await createObjects(configMap('held', {}, { namespace: name, finalizers: [HOLD] }));
    await deleted({ name, resource_type: 'ns', timeout_seconds: 0 });
    await kubectl('wait', `namespace/${name}`, '--for=condition=NamespaceFinalizersRemaining');
    const { status, body } = await call({ name, resource_type: 'ns', timeout_seconds: 1 });
    await setFinalizers('configmap/held', null, name);
    expect([status, body.detail]).toEqual([504, expect.stringContaining(HOLD)]);
  });

  it('ends its waiting when the caller hangs up', async () => {
    await make('abandoned', HOLD);
    const cancelled = nextCancelled(server.log);
    const caller = new AbortController();
    const waiting = server.mcp.call(
      TOOL,
      { name: 'abandoned', resource_type: 'cm', namespace, timeout_seconds: 600 },
      { signal: caller.signal, onprogress: () => caller.abort() },
    );
    await expect(waiting).rejects.toThrow();
    await cancelled();
    await setFinalizers('configmap/abandoned', null);
  });

  it.each(['n --all', '-A', '--all', '../x', 'a/b', 'x'.repeat(300), 'naïve', '', ' '])(
    'refuses the name %j',
    async (name) => {
      const before = await own.names('configmap');
      expect(await call({ name, resource_type: 'configmap' })).toMatchObject({
        status: 422,
        body: { code: 'invalid_input' },
      });
      expect(await own.names('configmap')).toEqual(before);
    },
  );
});
