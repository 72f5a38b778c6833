import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.js';
import { kubectl } from './support/kubectl.js';
import { execute, textOf } from './support/rest.js';
import { startServer } from './support/server.js';
import { useServer } from './support/use-server.js';

const MAX_FORWARDS = 3;

interface Forward {
  id: string;
  pod: string;
  ports: { local: string; remote: number }[];
  connections: number;
  ends_at: string;
  last_error?: string;
}

const server = useServer({ env: () => ({ K8S_MAX_PORT_FORWARDS: String(MAX_FORWARDS) }) });
afterEach(() => call('k8s_port_forward_stop', { id: 'all' }));

const call = (tool: string, args: Record<string, unknown>) =>
  execute(server.url, tool, args, { query: '?data=true' });
const forward = (args: Record<string, unknown>) =>
  call('k8s_port_forward', { namespace: 'shop', resource_name: 'web', ports: '0:80', ...args });
const open = async (args: Record<string, unknown>) => {
  const answer = await forward(args);
  textOf(answer);
  return answer.body.data as Forward;
};
const list = async () => (await call('k8s_port_forward_list', {})).body.data as Forward[];
const localOf = ({ ports }: Forward) => ports[0]?.local ?? '';
/** Asks the pod, as far as the sandbox has one: it answers with what it was asked. */
const ask = async (address: string, path = '/') =>
  (
    await fetch(`http://${address}${path}`, { headers: { connection: 'close' } })
  ).json() as Promise<{
    url: string;
  }>;
const isOpen = async (address: string) => {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

describe('k8s_port_forward', () => {
  it.each([
    ['service', 'web', '0:80', 80],
    ['service', 'web', ':http', 80],
    ['service', 'checkout', '0:80', 8080],
    ['deployment', 'web', 'http', 80],
    ['pod', 'postgres-0', '0:5432', 5432],
  ])('leads to a %s (%s, ports %s)', async (resource_type, resource_name, ports, remote) => {
    const opened = await open({ resource_type, resource_name, ports });
    expect(opened.ports).toEqual([{ local: expect.stringMatching(/^127\.0\.0\.1:\d+$/), remote }]);
    expect(opened.pod).toMatch(new RegExp(`^${resource_name}`));
    expect(await ask(localOf(opened), '/a')).toMatchObject({ from: 'sandbox', url: '/a' });
  });

  it('answers at once over MCP, and is listed and stopped there', async () => {
    const said = await server.textOverMcp('k8s_port_forward', {
      resource_name: 'web',
      ports: '0:80',
      namespace: 'shop',
      resource_type: 'deployment',
    });
    const [, id = '', ends = ''] = /^Port forward (\w+) is open until (\S+)/.exec(said) ?? [];
    expect(Math.round((Date.parse(ends) - Date.now()) / 60_000)).toBe(10);
    const [address = ''] = /127\.0\.0\.1:\d+/.exec(said) ?? [];
    expect(await ask(address)).toMatchObject({ from: 'sandbox' });
    const listed = () => server.textOverMcp('k8s_port_forward_list');
    expect(await listed()).toMatch(new RegExp(`^ID +CONTEXT[^]*\n${id} .*${address}`));
    expect(await server.textOverMcp('k8s_port_forward_stop', { id })).toBe(
      `Stopped port forward ${id}`,
    );
    expect(await isOpen(address)).toBe(false);
    expect(await listed()).toBe('No port forwards are open.');
  });

  it('opens several ports, some of them chosen', async () => {
    const port = await freePort();
    const opened = await open({ resource_type: 'service', ports: `${port}:80, 0:http` });
    expect(opened.ports[0]?.local).toBe(`127.0.0.1:${port}`);
    for (const { local } of opened.ports) expect(await ask(local)).toMatchObject({ url: '/' });
  });

  it('carries many connections at once, each by itself', async () => {
    const opened = await open({ resource_type: 'service' });
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
    const answers = await Promise.all(paths.map((path) => ask(localOf(opened), path)));
    expect(answers.map(({ url }) => url)).toEqual(paths);
  });

  it('still gives the answer to a client that has sent all it has', async () => {
    const [host = '', port] = localOf(await open({ resource_type: 'service' })).split(':');
    const socket = connect({ host, port: Number(port), allowHalfOpen: true });
    socket.end('GET /half HTTP/1.0\r\n\r\n');
    let answer = '';
    for await (const piece of socket) {
      answer += String(piece);
      if (answer.includes('/half')) break;
    }
    expect(answer).toContain('"url":"/half"');
  });

  it('ends by itself', async () => {
    const opened = await open({ resource_type: 'service', duration_seconds: 2 });
    expect(await isOpen(localOf(opened))).toBe(true);
    await expect.poll(list).toEqual([]);
    await expect.poll(() => isOpen(localOf(opened))).toBe(false);
  });

  it('goes on when a connection fails, and tells why', async () => {
    await kubectl('run', 'fleeting', '-n', 'billing', '--image=nginx:1.27');
    await kubectl('wait', 'pod', 'fleeting', '-n', 'billing', '--for=condition=Ready');
    const opened = await open({ namespace: 'billing', resource_name: 'fleeting' });
    await kubectl('delete', 'pod', 'fleeting', '-n', 'billing', '--grace-period=0', '--force');
    await expect(ask(localOf(opened))).rejects.toThrow();
    await expect.poll(list).toMatchObject([{ last_error: 'pods "fleeting" not found' }]);
    expect(await isOpen(localOf(opened))).toBe(true);
  });

  it('refuses more than the setting allows', async () => {
    for (let count = 0; count < MAX_FORWARDS; count++) await open({ resource_type: 'service' });
    const { status, body, headers } = await forward({ resource_type: 'service' });
    expect([status, body.code, body['retryable']]).toEqual([429, 'busy', true]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    await call('k8s_port_forward_stop', { id: (await list())[0]?.id });
    await open({ resource_type: 'service' });
    expect(await list()).toHaveLength(MAX_FORWARDS);
  });

  it('says that a local port is in use, and keeps none open', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const other = await freePort();
    const { status, body } = await forward({
      resource_type: 'service',
      ports: `${other}:80 ${port}:80`,
    });
    taken.close();
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toContain(`Port ${port} is in use`);
    expect(await isOpen(`127.0.0.1:${other}`)).toBe(false);
    expect(await list()).toEqual([]);
  });

  it('opens and stops nothing in a dry run', async () => {
    expect(textOf(await forward({ resource_type: 'service', dry_run: true }))).toMatch(
      /^Would forward .*dry run.*\n.* -> pod shop\/web-\S+ port 80$/,
    );
    expect(await list()).toEqual([]);
    const { id } = await open({ resource_type: 'service' });
    await call('k8s_port_forward_stop', { id, dry_run: true });
    expect(await list()).toHaveLength(1);
  });

  it.each([
    [{ resource_type: 'deployment', resource_name: 'recommender' }, 412, 'is ready (recommender-'],
    [{ resource_type: 'pod', resource_name: 'nope' }, 404, 'pods "nope" not found'],
    [{ resource_type: 'service', ports: '0:81' }, 422, 'Give one of 80 (http)'],
    [{ resource_type: 'deployment', ports: '0:grpc' }, 422, 'Give one of http'],
    [{ resource_type: 'service', ports: '80:80' }, 422, 'from 1024'],
    [{ resource_type: 'service', ports: '99999:80' }, 422, 'not a port'],
    [{ resource_type: 'service', ports: '-A' }, 422, 'ports'],
    [{ resource_type: 'service', ports: '0:80 --all' }, 422, 'ports'],
    [{ resource_type: 'statefulset' }, 422, 'resource_type'],
    [{ resource_type: 'pod', resource_name: '../x' }, 422, 'resource_name'],
  ])('refuses %o', async (args, expected, reason) => {
    const { status, body } = await forward(args);
    expect([status, body.detail]).toEqual([expected, expect.stringContaining(reason)]);
    expect(await list()).toEqual([]);
  });

  it('knows no other id', async () => {
    const { status, body } = await call('k8s_port_forward_stop', { id: 'nope' });
    expect([status, body.detail]).toEqual([
      404,
      'There is no port forward "nope". Open now: none.',
    ]);
  });

  it('ends with the server, and keeps it from nothing', async () => {
    const other = await startServer();
    const args = {
      resource_name: 'web',
      ports: '0:80',
      namespace: 'shop',
      resource_type: 'service',
    };
    const { body } = await execute(other.url, 'k8s_port_forward', args, { query: '?data=true' });
    const address = localOf(body.data as Forward);
    const [host = '', port] = address.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    expect(await other.stop()).toBe(0);
    expect(await text(socket)).toBe('');
    expect(await isOpen(address)).toBe(false);
  });
});
