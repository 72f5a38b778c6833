import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'vitest';

/** Milliseconds for which nothing may hold the event loop of the server. */
const MOST_HELD_MS = 200;

/** A machine that is busy with other things makes a server slow now and then: what counts is what happens each time. */
const TRIES = 3;

interface Server {
  url: string;
  pid: number;
}

/**
 * Asks a server for `/health` every 20 ms while something is done, from a thread of its own, so that the work of the test does not count.
 * @returns the longest that an answer was waited for while the server computed, in milliseconds, and what was done
 */
export async function whileProbed<T>(
  { url, pid }: Server,
  act: () => Promise<T>,
): Promise<{ heldMs: number; result: T }> {
  const thread = new Worker(new URL('./health-probe.thread.ts', import.meta.url), {
    workerData: { url, pid },
  });
  try {
    await once(thread, 'message');
    const result = await act();
    const ended = once(thread, 'message') as Promise<
      [{ heldMs: number; failure: string | undefined }]
    >;
    thread.postMessage('end');
    const [{ heldMs, failure }] = await ended;
    if (failure !== undefined) throw new Error(`/health did not answer: ${failure}`);
    return { heldMs, result };
  } finally {
    await thread.terminate();
  }
}

/**
 * Does something, with nothing that holds the event loop of the server for 200 ms meanwhile. It is done again where it seems to do so, up to
 * three times in all.
 * @returns what the last time gave
 */
export async function withoutHold<T>(server: Server, act: () => Promise<T>): Promise<T> {
  const held: number[] = [];
  for (;;) {
    const { heldMs, result } = await whileProbed(server, act);
    if (heldMs < MOST_HELD_MS) return result;
    held.push(Math.round(heldMs));
    if (held.length < TRIES) continue;
    expect(held, 'milliseconds that the event loop was held').toEqual([]);
    return result;
  }
}
