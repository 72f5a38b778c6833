import { fork } from 'node:child_process';
import { once } from 'node:events';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** Milliseconds for which nothing may hold the event loop of the server. */
const MAX_HELD_MS = 200;

/**
 * A machine that is busy with other things makes a server slow now and then: what counts is what
 * happens each time.
 */
const TRIES = 3;

/** Found from the root of the package: what is built leaves it out. */
const PROGRAM = join(
  dirname(findPackageJSON(import.meta.url) ?? ''),
  'test/support/health-probe.process.ts',
);

interface Server {
  url: string;
  pid: number;
}

/** What `/health` was like, in milliseconds. */
export interface Health {
  /** The longest that an answer was waited for. */
  waitedMs: number;
  /** The longest of it during which the server computed. */
  heldMs: number;
}

/**
 * Asks a server for `/health` every 20 ms while something is done, from a process of its own, so
 * that the work of the test does not count.
 * @param options `mayEnd`: the server may end meanwhile; the probe ends with it
 * @returns the longest waits, and what was done
 */
export async function whileProbed<T>(
  { url, pid }: Server,
  act: () => Promise<T>,
  { mayEnd = false } = {},
): Promise<Health & { result: T }> {
  const args = [url, String(pid), ...(mayEnd ? ['may-end'] : [])];
  const probe = fork(PROGRAM, args, { execArgv: [] });
  const failed = once(probe, 'exit').then(() => {
    throw new Error('/health did not answer.');
  });
  const message = async () => (await Promise.race([once(probe, 'message'), failed])) as [Health];
  try {
    await message();
    const result = await act();
    probe.send('end');
    const [health] = await message();
    return { ...health, result };
  } finally {
    failed.catch(() => undefined);
    probe.kill();
  }
}

/**
 * Does something, with nothing that holds the event loop of the server for 200 ms meanwhile. It is
 * done again where it seems to do so, up to three times in all.
 * @returns what the last time gave
 */
export async function withoutHold<T>(server: Server, act: () => Promise<T>): Promise<T> {
  const held: number[] = [];
  for (;;) {
    const { heldMs, result } = await whileProbed(server, act);
    if (heldMs < MAX_HELD_MS) return result;
    held.push(Math.round(heldMs));
    if (held.length < TRIES) continue;
    expect(held, 'milliseconds that the event loop was held').toEqual([]);
    return result;
  }
}
