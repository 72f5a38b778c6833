import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ExecutionsApi } from './support/executions.js';
import { asModern, McpSession } from './support/mcp-session.js';
import { connectedTo } from './support/process-state.js';
import { openSse, send } from './support/raw-http.js';
import { SlowClient } from './support/slow-client.js';
import { onThisMachine, useExecutions, useTargets } from './support/use-executions.js';

const EXEC = 'k8s_exec';
const STATUS = 'execution_status';
/** Characters that are printed: more than the kernel takes on a connection that nobody reads. */
const LARGE = 7_000_000;
/** An answer that has all of them that k8s_exec keeps. */
const WHOLE = 6_000_000;
const STALLED_SECONDS = 1;

const targets = useTargets();

/** Prints so many characters. */
const print = (chars: number) => onThisMachine(`head -c ${chars} /dev/zero | tr "\\0" x`);

const MUCH = print(LARGE);

const MODERN = {
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
};

const limits = (env: Record<string, string>) => ({
  targets,
  env: () => ({
    MAX_OUTPUT_CHARS: String(LARGE),
    MAX_KEPT_OUTPUT_CHARS: String(LARGE),
    MAX_UNREAD_SECONDS: String(STALLED_SECONDS),
    ...env,
  }),
});

describe('an answer that is larger than may wait for a client', () => {
  const { server, api } = useExecutions(limits({ MAX_UNREAD_BYTES_PER_CLIENT: '600000' }));
  const tooMuch = print(700_000);
  const setting = expect.stringContaining('MAX_UNREAD_BYTES_PER_CLIENT') as string;

  it('says of a call that it has run and what became of it', async () => {
    const { status, body } = await api.run(EXEC, tooMuch);
    expect([status, body]).toMatchObject([
      422,
      { code: 'failed', retryable: false, detail: setting },
    ]);
    const id = String(body['execution_id']);
    expect(body['detail']).toContain(`GET /engine/v1/executions/${id}`);
    const summary = await fetch(`${server.url}/engine/v1/executions/${id}/output?limit=1000`);
    expect(summary.headers.get('x-total-chars')).toBe('700000');
  });

  it('is refused where something is looked up', async () => {
    const id = await api.start(EXEC, tooMuch);
    await api.finished(id).catch(() => undefined);
    const { status, body } = await api.get(id);
    expect([status, body]).toMatchObject([422, { code: 'failed', detail: setting }]);
    const text = await server.call(STATUS, { execution_id: id, offset: 0 });
    expect(text.body.detail).toContain('MAX_UNREAD_BYTES_PER_CLIENT');
  });

  it('is an error of the tool over MCP, whatever the transport', async () => {
    const said = expect.stringMatching(/MAX_UNREAD_BYTES_PER_CLIENT.*has ended/) as string;
    const failed = {
      isError: true,
      content: [{ text: said }],
      _meta: { 'skyflo/code': 'failed' },
    };
    const session = await McpSession.open(server.url);
    expect((await session.call(EXEC, tooMuch)).body).toMatchObject({ result: failed });
    const { answer } = await session.begin('wait_for_x_seconds', { seconds: 1 });
    expect((await answer).status).toBe(200);
    const sse = await openSse(server.url);
    const call = { jsonrpc: '2.0', id: 7, method: 'tools/call' };
    const params = { name: EXEC, arguments: tooMuch };
    await send(sse.postUrl, JSON.stringify({ ...call, params }));
    await expect.poll(() => sse.text()).toContain('MAX_UNREAD_BYTES_PER_CLIENT');
    sse.close();
  });

  it('is the result of a stream without its output', async () => {
    const stream = await api.stream(EXEC, tooMuch);
    const { data } = await stream.result();
    expect(data).toMatchObject({ status: 'succeeded', result: setting });
    expect(data['result']).toContain(`/executions/${String(data['id'])}/output`);
    expect(stream.output).toHaveLength(700_000);
  });
});

/** Clients that ask for a large answer and read nothing yet, by door. */
const clientsOf = (url: () => string): Record<string, () => SlowClient> => ({
  REST: () => SlowClient.send(url(), `/engine/v1/tools/k8s/${EXEC}/execute`, { body: MUCH }),
  MCP: () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
    const body = asModern({ ...call, params: { name: EXEC, arguments: MUCH } }) as object;
    return SlowClient.send(url(), '/mcp', { body, headers: { ...MODERN, 'mcp-name': EXEC } });
  },
});

/** Waits until so many calls have run. */
async function ranAll(api: ExecutionsApi, count: number): Promise<void> {
  const running = async () => (await api.list({ status: 'running' })).body.executions.length;
  await expect.poll(running).toBe(count);
  await expect.poll(running, { timeout: 30_000 }).toBe(0);
}

/** What the answers to some calls say that do not have the output in them. */
const refusalsOf = (texts: string[]) =>
  texts.filter((text) => text.length < WHOLE).map((text) => text.slice(0, 2_000));

describe('clients that do not read', () => {
  const { server, api } = useExecutions(
    limits({
      MAX_UNREAD_BYTES: '26000000',
      MAX_UNREAD_BYTES_PER_CLIENT: '13000000',
      MAX_UNREAD_SECONDS: '60',
    }),
  );

  it.each(Object.entries(clientsOf(() => server.url)))(
    'take no more than their share over %s',
    async (_, open) => {
      const clients = Array.from({ length: 4 }, open);
      await ranAll(api, clients.length);
      const texts = await Promise.all(clients.map((client) => client.readAll()));
      const refusals = refusalsOf(texts);
      // Half of 26 MB holds two of them.
      expect(refusals.length).toBeGreaterThanOrEqual(2);
      for (const text of refusals) expect(text).toMatch(/wait for this caller to read them/);
      expect(refusals.join()).toMatch(/422 Unprocessable Entity.*"failed"|"isError":true/s);
      expect(await api.run(EXEC, onThisMachine('echo here'))).toMatchObject({ status: 200 });
    },
  );
});

describe('clients that stop reading', () => {
  const { server, api } = useExecutions(limits({ MAX_UNREAD_BYTES_PER_CLIENT: '15000000' }));
  const open = clientsOf(() => server.url)['REST']!;
  /** Waits until the server holds the connection of none of some clients. */
  const expectDropped = async (...clients: SlowClient[]) => {
    const held = () => connectedTo(Number(new URL(server.url).port));
    await expect.poll(() => clients.filter(({ port }) => held().includes(port))).toEqual([]);
  };

  it('are dropped, and make room', async () => {
    const clients = Array.from({ length: 3 }, open);
    await ranAll(api, clients.length);
    await expectDropped(...clients);
    const texts = await Promise.all(clients.map((client) => client.readAll()));
    expect(refusalsOf(texts)).toHaveLength(3);
    const { status, text } = await api.run(EXEC, MUCH);
    expect([status, text.length > WHOLE]).toEqual([200, true]);
  });

  it('are not those that read slowly', async () => {
    const client = open();
    const startedAt = performance.now();
    while (client.text.length < WHOLE && !client.isDropped) {
      await sleep(30);
      client.sip();
    }
    expect(performance.now() - startedAt).toBeGreaterThan(2 * STALLED_SECONDS * 1_000);
    expect((await client.readAll()).length).toBeGreaterThan(WHOLE);
  });

  it('go on with a stream of events where they were dropped', async () => {
    const id = await api.start(EXEC, MUCH);
    await api.finished(id);
    const path = `/engine/v1/executions/${id}/events`;
    const client = SlowClient.send(server.url, path);
    await client.readTo('event: output');
    await expectDropped(client);
    const text = await client.readAll();
    expect(text).not.toContain('event: result');
    // What has no empty line after it has not come whole.
    const events = text.slice(0, text.lastIndexOf('\n\n') + 2);
    const seen = [...events.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
    const rest = await api.follow(id, seen.at(-1));
    expect((await rest.result()).data).toMatchObject({ status: 'succeeded' });
    const all = [...seen, ...rest.events.map((event) => event.id)];
    expect(all).toEqual(all.map((_, index) => index + 1));
    expect(events.match(/x{1000,}/g)!.join('').length + rest.output.length).toBe(6_300_000);
  });
});
