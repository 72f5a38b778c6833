import type { Connection } from '../http/connection.js';
import { pause, pauseAfter } from '../http/pauses.js';
import { SkyfloError } from '../http/skyflo-error.js';
import type { FollowOptions } from '../options.js';
import type { RunEvent } from '../types.js';
import { eventStream } from './event-stream.js';

const KNOWN: readonly string[] = ['progress', 'output', 'result'] satisfies RunEvent['type'][];

/**
 * The events of a run up to its result. A stream that breaks, or that the server closes, is opened
 * again after its last event.
 * @param reconnectSeconds for how long that is tried without any success
 * @throws SkyfloError if the run cannot be followed, or the server stays away
 */
export async function* follow(
  connection: Connection,
  id: string,
  { after, maxOutputChars, signal, reconnectSeconds }: FollowOptions & { reconnectSeconds: number },
): AsyncGenerator<RunEvent, void> {
  let last = after ?? 0;
  let attempt = 0;
  let heard = Date.now();
  for (;;) {
    const request = {
      path: `/executions/${encodeURIComponent(id)}/events`,
      query: { max_output_chars: maxOutputChars },
      headers: { 'last-event-id': String(last) },
      signal,
    };
    const stream = eventStream(connection, request);
    let broken: SkyfloError | undefined;
    try {
      for (;;) {
        const event = await nextOf(stream);
        if (event instanceof SkyfloError) broken = event;
        if (event === undefined || event instanceof SkyfloError) break;
        attempt = 0;
        heard = Date.now();
        if (event.id === undefined || !KNOWN.includes(event.event)) continue;
        last = Number(event.id);
        yield { type: event.event, id: last, data: JSON.parse(event.data) as unknown } as RunEvent;
        if (event.event === 'result') return;
      }
    } finally {
      await stream.return();
    }
    const error = broken ?? connection.broken(new Error('the stream ended before the run'));
    const ms = pauseAfter(error, attempt);
    if (ms === undefined || Date.now() + ms - heard > reconnectSeconds * 1_000) throw error;
    await pause(ms, signal);
    attempt += 1;
  }
}

/** The next event, undefined at the end, or why the stream broke if it may be opened again. */
async function nextOf<T>(stream: AsyncGenerator<T, void>): Promise<T | SkyfloError | undefined> {
  try {
    return (await stream.next()).value ?? undefined;
  } catch (error) {
    if (error instanceof SkyfloError && error.retryable) return error;
    throw error;
  }
}
