import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, type Task } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS } from './support/mcp-clients.js';
import { useServer } from './support/use-server.js';

const WAIT = 'wait_for_x_seconds';
const server = useServer();
let client: Client;
let other: Client;
beforeAll(async () => {
  client = await connect();
  other = await connect();
});
afterAll(() => Promise.all([client.close(), other.close()]));

async function connect(): Promise<Client> {
  const made = new Client({ name: 'tasks', version: '1.0.0' });
  await made.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`)));
  return made;
}

/** Starts a call as a task. */
async function begin(name: string, args: Record<string, unknown>): Promise<Task> {
  const stream = client.experimental.tasks.callToolStream(
    { name, arguments: args },
    CallToolResultSchema,
    { task: { ttl: 60_000 } },
  );
  for await (const message of stream) {
    if (message.type === 'taskCreated') return message.task;
    throw new Error(JSON.stringify(message));
  }
  throw new Error('No task was made.');
}

describe('a call as a task (MCP 2025-11-25)', () => {
  it('is offered for every tool, to those who know what that is', async () => {
    expect(client.getServerCapabilities()?.tasks).toEqual({
      list: {},
      cancel: {},
      requests: { tools: { call: {} } },
    });
    const { tools } = await client.listTools();
    expect(new Set(tools.map(({ execution }) => execution?.taskSupport))).toEqual(
      new Set(['optional']),
    );
    const modern = await CLIENTS['2026 over Streamable HTTP']!(server);
    const listed = await modern.listTools();
    await modern.close();
    expect(listed.some(({ execution }) => execution !== undefined)).toBe(false);
  });

  it('is answered at once, and its result is there for another session too', async () => {
    const task = await begin('k8s_get', { resource_type: 'pods', namespace: 'shop' });
    expect(task).toMatchObject({ taskId: expect.any(String), ttl: null });
    const { tasks } = other.experimental;
    const result = await tasks.getTaskResult(task.taskId, CallToolResultSchema);
    expect(result).toMatchObject({
      isError: false,
      content: [{ type: 'text', text: expect.stringContaining('web-') }],
      _meta: { 'io.modelcontextprotocol/related-task': { taskId: task.taskId } },
    });
    expect(await tasks.getTask(task.taskId)).toMatchObject({ status: 'completed' });
    const listed = await tasks.listTasks();
    expect(listed.tasks.map(({ taskId }) => taskId)).toContain(task.taskId);
  });

  it('shows a tool that failed', async () => {
    const { taskId } = await begin('k8s_get', { resource_type: 'pod', name: 'nobody' });
    const { tasks } = client.experimental;
    expect(await tasks.getTaskResult(taskId, CallToolResultSchema)).toMatchObject({
      isError: true,
    });
    expect(await tasks.getTask(taskId)).toMatchObject({
      status: 'failed',
      statusMessage: expect.stringContaining('nobody'),
    });
  });

  it('is cancelled by whoever has its id, once', async () => {
    const { taskId, status } = await begin(WAIT, { seconds: 60 });
    expect(status).toBe('working');
    const { tasks } = other.experimental;
    expect(await tasks.cancelTask(taskId)).toMatchObject({ taskId, status: 'cancelled' });
    await expect(tasks.cancelTask(taskId)).rejects.toMatchObject({ code: -32_602 });
  });

  it.each(['none', '00000000-0000-4000-8000-000000000000'])(
    'is not found by a wrong id: %s',
    async (taskId) => {
      await expect(client.experimental.tasks.getTask(taskId)).rejects.toMatchObject({
        code: -32_602,
      });
    },
  );

  it('refuses wrong parameters in its result, and starts nothing', async () => {
    const result = await client.callTool({ name: WAIT, arguments: { seconds: -1 } });
    expect(result).toMatchObject({ isError: true });
  });
});
