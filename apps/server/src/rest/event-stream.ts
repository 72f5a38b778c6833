import type { ServerResponse } from 'node:http';
import { drained } from '#cluster';
import type { EventView } from './execution.presenter.js';

const KEEP_ALIVE_MS = 15_000;
/** A reader that takes nothing for so long is dropped; it can come back with `Last-Event-ID`. */
const STALLED_MS = 15_000;
/**
 * The last event of a stream whose server stops before the execution has ended. It has no id: who
 * comes back asks on from the one before.
 */
const CLOSING = 'event: closing\ndata: {"reason":"The server is stopping."}\n\n';

/**
 * Writes events as they come, as server-sent events (WHATWG HTML, 9.2). Reads no further ahead than
 * the client takes, so a slow one costs nothing but its connection.
 * @param eventsUntil gives the events; its signal aborts when the client hangs up
 */
export async function streamEvents(
  response: ServerResponse,
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
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': keepalive\n\n');
  }, KEEP_ALIVE_MS);
  try {
    let last: EventView['event'] | undefined;
    for await (const { id, event, data } of eventsUntil(hangUp.signal)) {
      if (response.destroyed) return;
      const isTaken = response.write(
        `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
      );
      if (!isTaken) await drainedInTime(response);
      last = event;
    }
    response.end(last === 'result' ? undefined : CLOSING);
  } catch (error) {
    // The reader sees that this was not the end, and comes back.
    response.destroy();
    throw error;
  } finally {
    clearInterval(keepAlive);
  }
}

/** Waits until the reader takes more; drops it if that is too long. */
async function drainedInTime(response: ServerResponse): Promise<void> {
  const stalled = setTimeout(() => response.destroy(), STALLED_MS);
  await drained(response);
  clearTimeout(stalled);
}
