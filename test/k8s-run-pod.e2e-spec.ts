import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from './support/call-log.js';
import { kubectl } from './support/kubectl.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const TOOL = 'k8s_run_pod';
const NAMESPACE = 'run-pod';

let server: RunningServer;
let client: McpClient;
beforeAll(async () => {
  await kubectl('create', 'namespace', NAMESPACE);
  server = await startServer();
  client = await CLIENTS['2025 over Streamable HTTP']!(server);
});
afterAll(async () => {
  await client.close();
  await server.stop();
  await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
});

const run = (args: Record<string, unknown>) =>
  execute(server.url, TOOL, { image: 'busybox:1.37', namespace: NAMESPACE, ...args });
const read = async (name: string) =>
  JSON.parse(
    (await kubectl('get', 'pod', name, '-n', NAMESPACE, '--ignore-not-found', '-o', 'json')) ||
      'null',
  ) as { spec: object; metadata: { labels: object; managedFields?: object[] } } | null;

describe('k8s_run_pod', () => {
  it('creates the pod that kubectl run would', async () => {
    const { status, body } = await run({ name: 'plain', command: `sh -c 'echo "a  b"'` });
    expect(status).toBe(200);
    expect(body.result).toMatch(/^pod\/plain created\n\n--- live\n\+\+\+ result\n/);
    const flags = ['--image=busybox:1.37', '-n', NAMESPACE, '--dry-run=client', '-o', 'json'];
    const command = ['--command', '--', 'sh', '-c', 'echo "a  b"'];
    const printed = await kubectl('run', 'plain', ...flags, ...command);
    const wanted = JSON.parse(printed) as { spec: { containers: object[] }; metadata: object };
    const pod = await read('plain');
    expect(pod?.spec).toMatchObject({
      restartPolicy: 'Always',
      containers: [{ command: ['sh', '-c', 'echo "a  b"'], image: 'busybox:1.37', name: 'plain' }],
    });
    expect(wanted).toMatchObject({ metadata: { labels: pod?.metadata.labels } });
  });

  it('waits for the end, over MCP, gives the logs and removes the pod', async () => {
    const steps: string[] = [];
    const args = { name: 'once', image: 'busybox:1.37', namespace: NAMESPACE };
    const { content, isError } = await client.call(
      TOOL,
      { ...args, restart_policy: 'Never', wait: true, remove: true },
      { onprogress: ({ message }) => steps.push(message ?? '') },
    );
    expect(isError).toBe(false);
    expect(content[0]?.text).toMatch(
      /^Pod run-pod\/once succeeded with exit code 0\. It was removed\.\n\n\S/,
    );
    expect(steps.length).toBeGreaterThan(0);
    await expect.poll(() => read('once'), { timeout: 5_000 }).toBe(null);
  });

  it('waits until a pod that is not to end is ready', async () => {
    const { body } = await run({ name: 'lasting', wait: true });
    expect(body.result).toMatch(/^Pod run-pod\/lasting is ready\. It is still there/);
  });

  it('fails at once when the pod cannot start, and still removes it', async () => {
    const args = { name: 'broken', image: 'busybox:invalid-tag', remove: true };
    const { status, body } = await run(args);
    expect([status, body.code]).toEqual([422, 'failed']);
    expect(body.detail).toContain('Pending (broken: ImagePullBackOff)');
    await expect.poll(() => read('broken'), { timeout: 5_000 }).toBe(null);
  });

  it('gives up at its time limit and says where the pod stands', async () => {
    const { status, body } = await run({
      name: 'endless',
      restart_policy: 'onfailure',
      wait: true,
      timeout_seconds: 2,
    });
    expect([status, body.code, body['retryable']]).toEqual([504, 'timeout', false]);
    expect(body.detail).toMatch(/after 2 s it is Running\. It is still there/);
    expect(await read('endless')).not.toBe(null);
  });

  it('removes the pod when its caller cancels', async () => {
    const cancel = new AbortController();
    const call = client.call(
      TOOL,
      {
        name: 'cancelled',
        image: 'busybox:1.37',
        namespace: NAMESPACE,
        restart_policy: 'onfailure',
        remove: true,
      },
      { signal: cancel.signal, onprogress: () => cancel.abort() },
    );
    await expect(call).rejects.toThrow();
    await expect.poll(() => outcomesOf(server.log, TOOL).at(-1)).toBe('cancelled');
    await expect.poll(() => read('cancelled'), { timeout: 5_000 }).toBe(null);
  });

  it('says that a name is taken', async () => {
    await run({ name: 'taken' });
    const { status, body } = await run({ name: 'taken', remove: true });
    expect([status, body.detail]).toEqual([409, 'pods "taken" already exists']);
    expect(await read('taken')).not.toBe(null);
  });

  it('changes nothing in a dry run', async () => {
    const { body } = await run({ name: 'dry', wait: true, remove: true, dry_run: true });
    expect(body.result).toMatch(/^pod\/dry created \(dry run: nothing was changed\)\n/);
    expect(await read('dry')).toBe(null);
  });

  it.each([
    [{ name: 'x', image: 'busybox --all' }, 422],
    [{ name: 'x', image: '-A' }, 422],
    [{ name: '../x' }, 422],
    [{ name: 'Not_A_Pod_Name' }, 422],
    [{ name: 'x', command: `sh -c 'a` }, 422],
    [{ name: 'x', restart_policy: 'sometimes' }, 422],
    [{ name: 'x', namespace: 'no-such-namespace' }, 404],
  ])('refuses %o', async (args, expected) => {
    const { status, body } = await run(args);
    expect([status, typeof body.detail]).toEqual([expected, 'string']);
    expect(await read('x')).toBe(null);
  });
});
