import { describe, expect, it } from 'vitest';
import { configMap, createObjects } from './support/manifest.js';
import { execute } from './support/rest.js';
import { startServer } from './support/server.js';
import { useNamespace } from './support/use-namespace.js';

const own = useNamespace('shutdown');

describe('calls to the cluster while the server stops', () => {
  it('go on, and may end by themselves', async () => {
    const metadata = { namespace: own.name, finalizers: ['skyflo.test/held'] };
    await createObjects(configMap('held', {}, metadata));
    const server = await startServer({ SHUTDOWN_GRACE_SECONDS: '20' });
    const call = execute(server.url, 'k8s_delete', {
      resource_type: 'configmap',
      name: 'held',
      namespace: own.name,
    });
    const deletion = () => own.stored('configmap/held', '{.metadata.deletionTimestamp}');
    await expect.poll(deletion).not.toBe('');
    const exit = server.stop();
    await expect
      .poll(async () => (await execute(server.url, 'k8s_get', { resource_type: 'pods' })).status)
      .toBe(503);
    const patch = '{"metadata":{"finalizers":null}}';
    await own.kubectl('patch', 'configmap', 'held', '--type=merge', '-p', patch);
    const { status, body } = await call;
    expect([status, body.result]).toEqual([200, expect.stringMatching(/^configmap\/held deleted/)]);
    expect(await exit).toBe(0);
  });

  it('still remove what they were to remove', async () => {
    const server = await startServer({ SHUTDOWN_GRACE_SECONDS: '0' });
    const call = execute(server.url, 'k8s_run_pod', {
      name: 'passing',
      image: 'nginx:1.27',
      namespace: own.name,
      restart_policy: 'onfailure',
      remove: true,
    });
    await expect.poll(() => own.isThere('pod/passing')).toBe(true);
    const exit = server.stop();
    const { body } = await call;
    expect(body.code).toBe('unavailable');
    expect(await exit).toBe(0);
    await expect.poll(() => own.isThere('pod/passing')).toBe(false);
  });
});
