import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nextCancelled } from './support/call-log.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { startServer, type RunningServer } from './support/server.js';
import { describeSideBySide } from './support/side-by-side.js';

const WAIT = 'wait_for_x_seconds';
const KINDS = Object.entries(CLIENTS);

describeSideBySide(
  KINDS,
  ([kind]) => `an MCP client, ${kind}`,
  ([kind, connectTo]) => {
    let server: RunningServer | undefined;
    let client: McpClient;
    let other: McpClient;

    beforeAll(async () => {
      // Over stdio, each client starts a server of its own.
      if (kind.includes('HTTP')) server = await startServer();
      const connect = () => connectTo(server ?? { url: '', log: [] });
      [client, other] = await Promise.all([connect(), connect()]);
    });

    afterAll(async () => {
      await Promise.all([client.close(), other.close()]);
      await server?.stop();
    });

    it('speaks its era', () => {
      expect(client.protocolVersion()).toMatch(kind.slice(0, 4));
      expect(client.instructions()).toContain('Kubernetes');
    });

    it('lists the tools', async () => {
      const tools = await client.listTools();
      const get = tools.find(({ name }) => name === 'k8s_get');
      expect(Object.keys(get ?? {}).sort()).toEqual([
        '_meta',
        'annotations',
        'description',
        // Whether it may be run as a task, for those to whom that is offered.
        ...(/^2025 over (Streamable )?HTTP/.test(kind) ? ['execution'] : []),
        'inputSchema',
        'name',
        'title',
      ]);
      expect(get).toMatchObject({
        title: 'Get Kubernetes Resources',
        annotations: {
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        },
        inputSchema: { type: 'object', required: ['resource_type'] },
        _meta: { fastmcp: { tags: ['k8s'] } },
      });
    });

    it('gets plain text, once', async () => {
      const result = await client.call('k8s_get', { resource_type: 'namespaces', output: 'name' });
      expect(result.content).toEqual([
        { type: 'text', text: expect.stringContaining('namespace/kube-system') as string },
      ]);
      expect(result.isError).toBe(false);
      expect(result).not.toHaveProperty('structuredContent');
      expect(result._meta?.['skyflo/execution_id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('is told in words what was wrong with a call', async () => {
      await expect(client.call('k8s_gte', {})).rejects.toMatchObject({
        code: -32_602,
        message: expect.stringContaining('There is no tool "k8s_gte". Nearest: k8s_get.') as string,
        data: {
          'skyflo/code': 'not_found',
          'skyflo/execution_id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        },
      });

      const wrong = await client.call('k8s_get', { resource_type: 'pods', ns: 'shop' });
      expect(wrong).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'invalid_input' } });
      expect(textOf(wrong)).toContain('"ns"');
    });

    it('sees progress that grows', async () => {
      const seen: number[] = [];
      const result = await client.call(
        WAIT,
        { seconds: 2 },
        { onprogress: ({ progress }) => seen.push(progress) },
      );
      expect(textOf(result)).toContain('2 seconds');
      expect(seen.length).toBeGreaterThanOrEqual(2);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    });

    it('cancels a call, which ends the work', async () => {
      const cancelled = nextCancelled(client.log);
      const cancel = new AbortController();
      const call = client.call(
        WAIT,
        { seconds: 60 },
        { signal: cancel.signal, onprogress: () => cancel.abort() },
      );
      await expect(call).rejects.toThrow();
      await cancelled();
      // The connection is as good as before.
      expect(textOf(await client.call(WAIT, { seconds: 0 }))).toContain('0 seconds');
    });

    it('works beside another of its kind', async () => {
      const [slow, quick] = await Promise.all([
        client.call(WAIT, { seconds: 1 }),
        other.call(WAIT, { seconds: 0 }),
      ]);
      expect(textOf(slow)).toContain('1 second');
      expect(textOf(quick)).toContain('0 seconds');
    });

    it('hangs up, which ends the work', async () => {
      const cancelled = nextCancelled(other.log);
      const started = Promise.withResolvers<void>();
      const call = other
        .call(WAIT, { seconds: 60 }, { onprogress: () => started.resolve() })
        .catch((error: unknown) => error);
      await started.promise;
      await other.close();
      expect(await call).toBeInstanceOf(Error);
      await cancelled();
    });
  },
);

describe('a server that stops', () => {
  let stopping: RunningServer;

  beforeAll(async () => {
    stopping = await startServer({ SHUTDOWN_GRACE_SECONDS: '1' });
  });

  afterEach(async () => {
    await stopping.stop('SIGKILL');
  });

  it('tells what it ended, closes open streams and is gone', async () => {
    const kinds = KINDS.filter(([kind]) => !kind.includes('stdio'));
    const clients = await Promise.all(kinds.map(([, connect]) => connect(stopping)));
    const started = clients.map(() => Promise.withResolvers<void>());
    const calls = clients.map((client, index) =>
      client.call(WAIT, { seconds: 60 }, { onprogress: () => started[index]?.resolve() }),
    );
    await Promise.all(started.map(({ promise }) => promise));
    const stopped = stopping.stop();
    for (const result of await Promise.all(calls)) {
      expect(result).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'unavailable' } });
    }
    await stopped;
    await Promise.all(clients.map((client) => client.close().catch(() => undefined)));
  });
});

function textOf(result: { content: { text?: string }[] } | undefined): string {
  return result?.content[0]?.text ?? '';
}
