import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, mcpTextOf, type CallResult, type McpClient } from './support/mcp-clients.js';
import { McpSession } from './support/mcp-session.js';
import { onThisMachine, useExecutions } from './support/use-executions.js';

const EXEC = 'k8s_exec';
const STEPS = 'for i in 1 2 3 4 5 6; do echo line $i; sleep 0.4; done';
const LINES = [1, 2, 3, 4, 5, 6].map((number) => `line ${number}`).join('\n');
const ID = /as execution ([0-9a-f-]{36})\./;

const { targets, server, api } = useExecutions({ env: () => ({ MCP_SOFT_LIMIT_SECONDS: '1' }) });
const tool = (name: string, args: Record<string, unknown>) => server.textOverMcp(name, args);
/** Calls, and gives the id of the execution that goes on. */
const stillRunning = async (script: string) => {
  const text = await tool(EXEC, onThisMachine(script));
  expect(text).toMatch(/^Still running after 1 s/);
  return { text, execution_id: ID.exec(text)![1]! };
};

describe('a call over MCP that runs on after the soft limit', () => {
  it('is answered with the output so far, and execution_wait has it whole', async () => {
    const startedAt = performance.now();
    const { text, execution_id } = await stillRunning(STEPS);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(text).toMatch(/Output so far:\nline 1\nline 2/);
    expect(text).not.toContain('line 6');
    const waited = await tool('execution_wait', { execution_id, timeout_seconds: 10 });
    expect(waited).toMatch(/succeeded after \d+\.\d+ s/);
    expect(waited).toContain(`Output:\n${LINES}`);
    expect(await tool('execution_status', { execution_id })).toContain(`Output:\n${LINES}`);
    expect(await tool('execution_status', { execution_id, offset: 14 })).toContain(
      'Output from character 14 on:\nline 3',
    );
  });

  it('is waited for no longer than is said', async () => {
    const { execution_id } = await stillRunning('echo begun; sleep 60');
    const startedAt = performance.now();
    const waited = await tool('execution_wait', { execution_id, timeout_seconds: 1 });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(waited).toMatch(/running for \d\.\d+ s\.\n\nOutput so far:\nbegun/);
    await tool('execution_cancel', { execution_id });
  });

  it('is waited for by default, whatever the soft limit', async () => {
    const { execution_id } = await stillRunning(STEPS);
    expect(await tool('execution_wait', { execution_id })).toContain(`Output:\n${LINES}`);
  });

  it('is ended by execution_cancel: its connection is gone', async () => {
    const { execution_id } = await stillRunning('echo begun; sleep 60');
    expect(targets.local.open).toBe(1);
    expect(await tool('execution_cancel', { execution_id })).toMatch(/cancelled after/);
    await expect.poll(() => targets.local.open).toBe(0);
    const again = await server.mcp.call('execution_cancel', { execution_id });
    expect(again).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'conflict' } });
  });

  it.each(['execution_status', 'execution_wait', 'execution_cancel'])(
    'is unknown to %s by another id',
    async (name) => {
      const args = { execution_id: crypto.randomUUID() };
      const answer = await server.mcp.call(name, args);
      expect(answer).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'not_found' } });
    },
  );

  it('can be followed over REST', async () => {
    const { execution_id } = await stillRunning(STEPS);
    const stream = await api.follow(execution_id);
    expect((await stream.result()).data).toMatchObject({ status: 'succeeded', result: LINES });
    expect(stream.output).toBe(`${LINES}\n`);
  });
});

describe('a call over MCP that is exempt from the soft limit', () => {
  it('is a wait', async () => {
    const text = await tool('wait_for_x_seconds', { seconds: 2 });
    expect(text).toBe('Waited for 2 seconds.');
  });

  it('is one that says how long it may take', async () => {
    const args = onThisMachine('sleep 1.5; echo done', { timeout_seconds: 10 });
    expect(await tool(EXEC, args)).toBe('done');
  });

  it('is one of an older client', async () => {
    const session = await McpSession.open(server.url, '2025-06-18');
    const { body } = await session.call(EXEC, onThisMachine('sleep 1.5; echo done'));
    const { result } = body as { result: CallResult };
    expect(mcpTextOf(result)).toBe('done');
  });
});

describe.each(['2025 over Streamable HTTP', '2025 over HTTP+SSE', '2026 over Streamable HTTP'])(
  'a client of %s',
  (kind) => {
    let client: McpClient;
    beforeAll(async () => {
      client = await CLIENTS[kind]!(server);
    });
    afterAll(() => client.close());

    it('hears of progress before the soft limit', async () => {
      const heard: number[] = [];
      const args = { name: 'payments', namespace: 'shop' };
      const answer = await client.call('k8s_rollout_status', args, {
        onprogress: ({ progress }) => heard.push(progress),
      });
      expect(mcpTextOf(answer)).toMatch(/^Still running after 1 s/);
      expect(heard.length).toBeGreaterThan(0);
      const execution_id = ID.exec(mcpTextOf(answer))![1];
      await client.call('execution_cancel', { execution_id });
    });

    it('gets the output as it comes, if it asks for log messages', async () => {
      const heard: { data: unknown; at: number }[] = [];
      const answer = await client.call(EXEC, onThisMachine(STEPS, { timeout_seconds: 30 }), {
        onlog: (data) => heard.push({ data, at: performance.now() }),
      });
      expect(mcpTextOf(answer)).toBe(LINES);
      expect(heard.map(({ data }) => data).join('')).toBe(`${LINES}\n`);
      expect(heard.at(-1)!.at - heard[0]!.at).toBeGreaterThan(1_000);
    });

    it('ends the work when it cancels', async () => {
      const abort = new AbortController();
      const args = onThisMachine('sleep 60', { timeout_seconds: 60 });
      const call = client.call(EXEC, args, { signal: abort.signal }).catch(() => 'cancelled');
      await expect.poll(() => targets.local.open).toBe(1);
      abort.abort();
      expect(await call).toBe('cancelled');
      await expect.poll(() => targets.local.open).toBe(0);
      const newest = async () => (await api.list({ tool: EXEC, limit: '1' })).body.executions[0];
      await expect.poll(async () => (await newest())?.status).toBe('cancelled');
    });
  },
);
