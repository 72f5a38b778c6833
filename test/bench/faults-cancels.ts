import { waitFor } from '#sandbox';
import { McpSession } from '../support/mcp-session.js';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';

const CALLS = 5_000;
const SESSIONS = 5;
/** As many as a JSON-RPC batch may have. */
const MESSAGES_PER_REQUEST = 100;

/** Many MCP calls that are cancelled at once. */
export async function cancelFaults(lab: FaultLab): Promise<FaultRow[]> {
  return [
    await cancels(lab, 'of which each runs', CALLS),
    await cancels(lab, 'most of which wait for a place', 100),
  ];
}

async function cancels(lab: FaultLab, which: string, places: number): Promise<FaultRow> {
  const server = await lab.startServer({
    MAX_WAITS: String(places),
    CALLER_SHARE_PERCENT: '100',
    MAX_QUEUED_PER_CALLER: String(CALLS),
  });
  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, () => McpSession.open(server.url)),
  );
  return measureFault(`${CALLS} cancels of MCP calls, ${which}`, [server], async () => {
    const ids = Array.from({ length: CALLS / SESSIONS }, (_, index) => index + 1);
    const calls = postAll(sessions, ids, (id) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'wait_for_x_seconds', arguments: { seconds: 300 } },
    }));
    // They are answered once they are cancelled.
    for (const call of calls) call.catch(() => {});
    await waitFor(async () => (await running(server)) >= Math.min(places, 100), {
      what: 'the calls to run',
    });
    const startedAt = performance.now();
    const method = 'notifications/cancelled';
    await Promise.all(
      postAll(sessions, ids, (requestId) => ({ jsonrpc: '2.0', method, params: { requestId } })),
    );
    await waitFor(async () => (await running(server)) === 0, { what: 'all calls to end' });
    return `none runs after ${(performance.now() - startedAt).toFixed(0)} ms`;
  });
}

/** Posts a message for each id in each session. */
function postAll(
  sessions: readonly McpSession[],
  ids: readonly number[],
  messageOf: (id: number) => object,
): Promise<unknown>[] {
  const requests: Promise<unknown>[] = [];
  for (let from = 0; from < ids.length; from += MESSAGES_PER_REQUEST) {
    const messages = ids.slice(from, from + MESSAGES_PER_REQUEST).map(messageOf);
    requests.push(...sessions.map((session) => session.post(messages)));
  }
  return requests;
}

/** How many executions run: 100 at most are counted. */
async function running({ api }: Subject): Promise<number> {
  return (await api.list({ status: 'running', limit: '100' })).body.executions.length;
}
