import type { ServerResponse } from 'node:http';
import { Outlet } from '../http/outlet.js';
import type { Unread } from '../http/unread.js';
import type { EventView, ExecutionView } from './execution.presenter.js';

const KEEP_ALIVE_MS = 15_000;

/**
 * Writes events as they come, as server-sent events (WHATWG HTML, 9.2). Reads no further ahead than
 * the client takes, so a slow one costs its connection and one event. A client that does not read
 * is dropped, and one for whose event there is no room is told to come back: both go on after
 * `Last-Event-ID`.
 * @param eventsUntil gives the events; its signal aborts when the client hangs up
 */
export async function streamEvents(
  response: ServerResponse,
  unread: Unread,
  eventsUntil: (signal: AbortSignal) => AsyncIterable<EventView>,
): Promise<void> {
  const hangUp = new AbortController();
  response.once('close', () => hangUp.abort());
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const outlet = new Outlet(response, unread);
  const keepAlive = setInterval(() => {
    if (response.writableLength === 0) response.write(': keepalive\n\n');
  }, KEEP_ALIVE_MS);
  try {
    const reason = await writeEvents(outlet, eventsUntil(hangUp.signal));
    if (reason !== undefined) outlet.writeAnyway(closing(reason));
    outlet.end();
  } catch (error) {
    // The reader sees that this was not the end, and comes back.
    response.destroy();
    throw error;
  } finally {
    clearInterval(keepAlive);
  }
}

/** @returns why it ends before the result, if it does */
async function writeEvents(
  outlet: Outlet,
  events: AsyncIterable<EventView>,
): Promise<string | undefined> {
  for await (const { id, event, data } of events) {
    const write = (content: object) =>
      outlet.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(content)}\n\n`);
    let refusal = write(data);
    // A result that never has room is told of without its output: coming back would not help.
    if (refusal?.code === 'failed') refusal = write(withoutOutput(data, refusal.message));
    if (refusal) return refusal.message;
    // The result may be long: nothing of it is kept while it is written.
    if (event === 'result') return undefined;
    await outlet.flushed();
  }
  return 'The server is stopping.';
}

/** An execution at its end whose output is read elsewhere. */
function withoutOutput(execution: object, why: string): object {
  const { id } = execution as ExecutionView;
  const result = `${why} GET /engine/v1/executions/${id}/output reads it in pieces.`;
  return { ...execution, result, data: undefined };
}

/**
 * The last event of a stream that ends early. It has no id: who comes back asks on from the one
 * before.
 */
function closing(reason: string): string {
  return `event: closing\ndata: ${JSON.stringify({ reason })}\n\n`;
}
