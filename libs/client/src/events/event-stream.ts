import type { Connection, Request } from '../http/connection.js';
import { EventParser, type ServerSentEvent } from './server-sent-events.js';

/** The server gives a sign of life more often than that. */
const LONGEST_SILENCE_MS = 60_000;

/**
 * The events of one answer, up to its end. Nothing is read before it is asked for, so a slow reader
 * slows the server down. Leaving the loop closes the connection.
 * @throws as `Connection.send`, also if nothing has come for a minute
 */
export async function* eventStream(
  connection: Connection,
  request: Request,
): AsyncGenerator<ServerSentEvent, void> {
  const stop = new AbortController();
  const { signal } = request;
  const signals = signal ? [signal, stop.signal] : [stop.signal];
  const headers = { ...request.headers, accept: 'text/event-stream' };
  const all = { ...request, headers, signal: AbortSignal.any(signals) };
  const reader = (await connection.open(all)).body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await within(LONGEST_SILENCE_MS, reader.read());
      if (done) return;
      yield* parser.take(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw connection.broken(error);
  } finally {
    stop.abort();
  }
}

/** @throws Error if it takes longer */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`silent for ${ms / 1_000} seconds`)), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
