import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from './support/call-log.js';
import { ExecEndpoint } from './support/exec-endpoint.js';
import { writeKubeconfig } from './support/kubeconfig.js';
import { kubectl } from './support/kubectl.js';
import { podOf } from './support/pod-of.js';
import { execute, textOf } from './support/rest.js';
import { useServer } from './support/use-server.js';

const TOOL = 'k8s_exec';

let v5: ExecEndpoint;
let v4: ExecEndpoint;
beforeAll(async () => {
  [v5, v4] = await Promise.all([ExecEndpoint.start(), ExecEndpoint.start('v4.channel.k8s.io')]);
});
afterAll(() => {
  v5.stop();
  v4.stop();
});
const server = useServer({ defaults: { pod_name: 'postgres-0', namespace: 'shop' } });
/** A server whose contexts are endpoints of this test: `v5`, `v4`. */
const local = useServer({
  defaults: { pod_name: 'local' },
  env: async () => ({
    KUBECONFIG: await writeKubeconfig({
      clusters: [
        { name: 'v5', cluster: { server: v5.url } },
        { name: 'v4', cluster: { server: v4.url } },
      ],
      users: [{ name: 'nobody', user: {} }],
      contexts: ['v5', 'v4'].map((name) => ({ name, context: { cluster: name, user: 'nobody' } })),
      'current-context': 'v5',
    }),
  }),
});

type Args = Record<string, unknown>;
const inShop = (args: Args) => server.call(TOOL, args);
const here = (args: Args) => local.call(TOOL, args);

describe('k8s_exec on the sandbox', () => {
  it('gives what a command writes, as kubectl does', async () => {
    const printed = await kubectl('exec', '-n', 'shop', 'postgres-0', '--', 'echo', 'a  b', '|');
    expect(textOf(await inShop({ command: `echo 'a  b' |` }))).toBe(printed.trimEnd());
  });

  it('takes the container that the annotation names, or the one that is asked for', async () => {
    const pod_name = await podOf('worker');
    for (const container_name of [undefined, 'sidecar']) {
      const args = { pod_name, container_name, command: 'true', dry_run: true };
      expect(await server.textOf(TOOL, args)).toContain(
        `in container ${container_name ?? 'worker'} of pod`,
      );
    }
  });

  it('lists the containers when one has to be chosen', async () => {
    const { status, body } = await inShop({ pod_name: await podOf('api'), command: 'true' });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      expect.objectContaining({ field: 'container_name', accepts: 'one of api, sidecar' }),
    ]);
  });

  it.each([
    ['recommender', 'Pending (0/'],
    ['mailer', 'Running (mailer: CrashLoopBackOff)'],
    ['migrate-schema', 'Succeeded (migrate: Completed)'],
  ])('says the state of the pod of %s, which does not run', async (app, state) => {
    const { status, body } = await inShop({ pod_name: await podOf(app), command: 'true' });
    expect([status, body.code]).toEqual([412, 'precondition']);
    expect(body.detail).toContain(state);
  });

  it('says that there is no such pod', async () => {
    const { status, body } = await inShop({ pod_name: 'nope', command: 'true' });
    expect([status, body.detail]).toEqual([404, 'pods "nope" not found']);
  });

  it('closes the connection when its caller hangs up', async () => {
    const url = `${server.url}/engine/v1/tools/k8s/${TOOL}/execute`;
    const args = { pod_name: 'postgres-0', namespace: 'shop', command: 'sleep 120' };
    const body = JSON.stringify(args);
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(700);
    await expect(fetch(url, { method: 'POST', headers, body, signal })).rejects.toThrow();
    await expect.poll(() => outcomesOf(server.log, TOOL).at(-1)).toBe('cancelled');
    expect(textOf(await inShop({ command: 'echo still here' }))).toBe('still here');
  });
});

describe('k8s_exec', () => {
  it('tells exit code, stdout and stderr of a command that fails, over REST', async () => {
    const { status, body } = await here({ command: `sh -c 'echo out; echo err >&2; exit 3'` });
    expect([status, body.code]).toEqual([422, 'failed']);
    expect(body.detail).toContain('exit code 3');
    expect(body['output']).toBe('stdout:\nout\n\nstderr:\nerr');
  });

  it('tells the same over MCP', async () => {
    const command = `sh -c 'echo out; echo err >&2; exit 3'`;
    const { isError, content } = await local.mcp.call(TOOL, { pod_name: 'local', command });
    expect(isError).toBe(true);
    expect(content[0]?.text).toMatch(/exit code 3[^]*stdout:\nout\n\nstderr:\nerr/);
  });

  it('keeps warnings on stderr apart from the output', async () => {
    const { status, body } = await here({ command: `sh -c 'echo out; echo careful >&2'` });
    expect([status, body.result]).toEqual([200, 'out\n\n[stderr]\ncareful']);
  });

  it('says so when a command wrote nothing', async () => {
    expect(textOf(await here({ command: 'true' }))).toMatch(/exit code 0 and wrote nothing/);
  });

  it('says why a program cannot be run', async () => {
    const { status, body } = await here({ command: 'no-such-program' });
    expect([status, body.code]).toEqual([422, 'failed']);
    expect(body.detail).toContain('ENOENT');
  });

  it('gives the program its stdin to the end', async () => {
    const stdin = 'ünïcode\n'.repeat(50_000);
    const counted = textOf(await here({ command: 'wc -lc', stdin }));
    expect(counted.trim().split(/ +/)).toEqual(['50000', String(Buffer.byteLength(stdin))]);
  });

  it('does not wait for a program that leaves its stdin unread', async () => {
    const stdin = 'x'.repeat(900_000);
    expect(textOf(await here({ command: 'echo done', stdin }))).toBe('done');
  });

  it('says how to do without stdin where its end cannot be told', async () => {
    const { status, body } = await here({ command: 'cat', stdin: 'x', context: 'v4' });
    expect([status, body.code]).toEqual([412, 'precondition']);
    expect(v4.commands).toEqual([]);
    expect(textOf(await here({ command: 'echo fine', context: 'v4' }))).toBe('fine');
  });

  it('keeps text whole and says when a stream is none', async () => {
    expect(textOf(await here({ command: `printf 'a\\303\\251\\342\\202\\254'` }))).toBe('aé€');
    const args = { pod_name: 'local', command: `printf 'a\\377\\000b'` };
    const { body } = await execute(local.url, TOOL, args, { query: '?data=true' });
    expect(body.result).toMatch(
      /^a\uFFFD\\u0000b\n\n\[stdout: 4 bytes that are not all UTF-8 text/,
    );
    expect(body.data).toMatchObject({
      stdout_base64: Buffer.from('a\xff\0b', 'latin1').toString('base64'),
    });
  });

  it('ends a command that writes without end', async () => {
    const { status, body } = await here({ command: 'yes' });
    expect(status).toBe(200);
    expect(body.result?.length).toBeLessThanOrEqual(32_000);
    expect(body.result).toMatch(
      /\[The output was cut after \d+ of \d+ characters; .* GET \/engine/,
    );
    await expect.poll(() => v5.open).toBe(0);
  });

  it('ends at its time limit, with the output until then', async () => {
    const command = `sh -c 'echo begun; sleep 60'`;
    const { status, body } = await here({ command, timeout_seconds: 1 });
    expect([status, body.code]).toEqual([504, 'timeout']);
    expect(body['retryable']).toBe(false);
    expect(body.detail).toContain('may still be running');
    expect(body['output']).toContain('begun');
    await expect.poll(() => v5.open).toBe(0);
  });

  it('closes the connection when its caller cancels', async () => {
    const cancel = new AbortController();
    const args = { pod_name: 'local', command: 'sleep 60' };
    const call = local.mcp.call(TOOL, args, { signal: cancel.signal });
    const failed = call.then(
      () => false,
      () => true,
    );
    await expect.poll(() => v5.open).toBe(1);
    cancel.abort();
    expect(await failed).toBe(true);
    await expect.poll(() => outcomesOf(local.log, TOOL).at(-1)).toBe('cancelled');
    await expect.poll(() => v5.open).toBe(0);
  });

  it('says so when the connection breaks', async () => {
    const call = here({ command: 'sleep 60' });
    await expect.poll(() => v5.open).toBe(1);
    v5.breakOff();
    const { status, body } = await call;
    expect([status, body.code, body['retryable']]).toEqual([503, 'unavailable', false]);
  });

  it('runs nothing in a dry run', async () => {
    const before = v5.commands.length;
    expect(textOf(await here({ command: `rm -rf "/a b"`, dry_run: true }))).toContain(
      '["rm","-rf","/a b"]',
    );
    expect(v5.commands).toHaveLength(before);
  });

  it.each([
    [{ command: `echo 'a` }, 'command'],
    [{ command: ' ' }, 'command'],
    [{ command: 'true', pod_name: '../x' }, 'pod_name'],
    [{ command: 'true', pod_name: '-A' }, 'pod_name'],
    [{ command: 'true', namespace: 'n --all' }, 'namespace'],
    [{ command: 'true', container_name: 'x y' }, 'container_name'],
    [{ command: 'true', timeout_seconds: 0 }, 'timeout_seconds'],
  ])('refuses %o', async (args, field) => {
    const before = v5.commands.length;
    const { status, body } = await here(args);
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ field })]);
    expect(v5.commands).toHaveLength(before);
  });
});
