import { describe, expect, it } from 'vitest';
import { outcomesOf } from './support/call-log.js';
import { textOf } from './support/rest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const TOOL = 'k8s_run_pod';

const own = useNamespace('run-pod');
const defaults = { namespace: own.name, image: 'busybox:1.37' };
const server = useServer({ defaults });

const run = (args: Record<string, unknown>) => server.call(TOOL, args);
const isThere = (name: string) => own.isThere(`pod/${name}`);

describe('k8s_run_pod', () => {
  it('creates the pod that kubectl run would', async () => {
    const text = textOf(await run({ name: 'plain', command: `sh -c 'echo "a  b"'` }));
    expect(text).toBe('pod/plain created');
    const flags = ['--image=busybox:1.37', '--dry-run=client', '-o', 'json'];
    const command = ['--command', '--', 'sh', '-c', 'echo "a  b"'];
    const printed = await own.kubectl('run', 'plain', ...flags, ...command);
    const wanted = JSON.parse(printed) as { spec: { containers: object[] }; metadata: object };
    const pod = await own.read('pod/plain');
    expect(pod.spec).toMatchObject({
      restartPolicy: 'Always',
      containers: [{ command: ['sh', '-c', 'echo "a  b"'], image: 'busybox:1.37', name: 'plain' }],
    });
    expect(wanted).toMatchObject({ metadata: { labels: pod.metadata.labels } });
  });

  it('waits for the end, over MCP, gives the logs and removes the pod', async () => {
    const steps: string[] = [];
    const text = await server.textOverMcp(
      TOOL,
      { name: 'once', restart_policy: 'Never', wait: true, remove: true },
      { onprogress: ({ message }) => steps.push(message ?? '') },
    );
    expect(text).toMatch(
      /^Pod run-pod\/once succeeded with exit code 0\. It (was|is being) removed\.\n\n\S/,
    );
    expect(steps.length).toBeGreaterThan(0);
    await expect.poll(() => isThere('once')).toBe(false);
  });

  it('waits until a pod that is not to end is ready', async () => {
    expect(textOf(await run({ name: 'lasting', wait: true }))).toMatch(
      /^Pod run-pod\/lasting is ready\. It is still there/,
    );
  });

  it('fails at once when the pod cannot start, and still removes it', async () => {
    const args = { name: 'broken', image: 'busybox:invalid-tag', remove: true };
    const { status, body } = await run(args);
    expect([status, body.code]).toEqual([422, 'failed']);
    expect(body.detail).toContain('Pending (broken: ImagePullBackOff)');
    await expect.poll(() => isThere('broken')).toBe(false);
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
    expect(await isThere('endless')).toBe(true);
  });

  it('removes the pod when its caller cancels', async () => {
    const cancel = new AbortController();
    const call = server.mcp.call(
      TOOL,
      { ...defaults, name: 'cancelled', restart_policy: 'onfailure', remove: true },
      { signal: cancel.signal, onprogress: () => cancel.abort() },
    );
    await expect(call).rejects.toThrow();
    await expect.poll(() => outcomesOf(server.log, TOOL).at(-1)).toBe('cancelled');
    await expect.poll(() => isThere('cancelled')).toBe(false);
  });

  it('says that a name is taken', async () => {
    await run({ name: 'taken' });
    const { status, body } = await run({ name: 'taken', remove: true });
    expect([status, body.detail]).toEqual([409, 'pods "taken" already exists']);
    expect(await isThere('taken')).toBe(true);
  });

  it('changes nothing in a dry run', async () => {
    const text = textOf(await run({ name: 'dry', wait: true, remove: true, dry_run: true }));
    expect(text).toMatch(
      /^pod\/dry created \(dry run: nothing was changed\)\n\nAdded by the API server:\n@@ /,
    );
    expect(text).toContain('\n+  dnsPolicy: ClusterFirst\n');
    expect(text).not.toMatch(/^[+-].*busybox/m);
    expect(await isThere('dry')).toBe(false);
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
    expect(await isThere('x')).toBe(false);
  });
});
