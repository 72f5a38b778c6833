import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectProxy } from './support/connect-proxy.js';
import { sandboxAccess, writeContext } from './support/kubeconfig.js';
import { useServer } from './support/use-server.js';

/** A host that only the proxy knows: there is no way around it. */
const HOST = 'api.invalid';
const namespace = 'shop';

let proxy: ConnectProxy;
const server = useServer({
  env: async () => {
    const { cluster, user } = await sandboxAccess();
    proxy = await ConnectProxy.start(cluster.server);
    const hidden = {
      ...cluster,
      server: `https://${HOST}`,
      'tls-server-name': 'localhost',
      'proxy-url': proxy.url,
    };
    return { KUBECONFIG: await writeContext(hidden, user) };
  },
});
afterAll(() => proxy.stop());
beforeAll(async () => {
  // What follows has a connection for calls and the kinds that there are.
  await server.textOf('k8s_get', { resource_type: 'pods', namespace });
});

/** How many tunnels a piece of work asks for. */
const tunnelsOf = async (work: () => Promise<void>) => {
  const before = proxy.tunnels.length;
  await work();
  return proxy.tunnels.length - before;
};

describe('through the proxy of the environment', () => {
  const asked = { resource_type: 'deploy/web', namespace };
  const withoutProxyUrl = async () => {
    const { cluster, user } = await sandboxAccess();
    const hidden = { ...cluster, server: `https://${HOST}`, 'tls-server-name': 'localhost' };
    return { KUBECONFIG: await writeContext(hidden, user), HTTPS_PROXY: proxy.url };
  };
  const named = useServer({ env: withoutProxyUrl });
  const exempt = useServer({ env: async () => ({ ...(await withoutProxyUrl()), NO_PROXY: HOST }) });

  it('calls go where the kubeconfig names none', async () => {
    expect(await named.textOf('k8s_get', asked)).toContain('web');
  });

  it('calls do not go to what NO_PROXY names', async () => {
    const opened = await tunnelsOf(async () => {
      const { body } = await exempt.call('k8s_get', asked);
      expect(body.code).toBe('unavailable');
    });
    expect(opened).toBe(0);
  });
});

describe('through the proxy-url of a kubeconfig', () => {
  it('calls go, over kept connections', async () => {
    const opened = await tunnelsOf(async () => {
      for (let call = 0; call < 3; call++) {
        const args = { resource_type: 'deploy/web', namespace };
        expect(await server.textOf('k8s_get', args)).toContain('web');
      }
    });
    expect(opened).toBe(0);
    expect(new Set(proxy.tunnels)).toEqual(new Set([`${HOST}:443`]));
  });

  it('k8s_exec goes, over a tunnel of its own that it closes', async () => {
    const before = proxy.open;
    const opened = await tunnelsOf(async () => {
      const args = { pod_name: 'postgres-0', namespace, command: 'echo through' };
      expect(await server.textOf('k8s_exec', args)).toBe('through');
    });
    expect(opened).toBe(1);
    await expect.poll(() => proxy.open).toBe(before);
  });

  it('k8s_port_forward goes, over a tunnel for each connection', async () => {
    const before = proxy.open;
    const opened = await tunnelsOf(async () => {
      const target = { resource_type: 'service', resource_name: 'web', namespace };
      const text = await server.textOf('k8s_port_forward', { ...target, ports: '0:80' });
      const [address] = /127\.0\.0\.1:\d+/.exec(text) ?? [];
      for (const path of ['/a', '/b']) {
        const response = await fetch(`http://${address}${path}`, {
          headers: { connection: 'close' },
        });
        expect(await response.json()).toMatchObject({ from: 'sandbox', url: path });
      }
      await server.textOf('k8s_port_forward_stop', { id: 'all' });
    });
    expect(opened).toBe(2);
    await expect.poll(() => proxy.open).toBe(before);
  });
});
