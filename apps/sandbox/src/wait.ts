import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for, for the message of a time-out: "the API server to be ready". */
  what: string;
  timeoutMs?: number;
  intervalMs?: number;
  signal?: AbortSignal;
}

/** Calls `probe` until it gives something other than undefined or false, and returns that. */
export async function waitFor<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { what, timeoutMs = 120_000, intervalMs = 50, signal }: WaitOptions,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) {
      throw new Error(`Waited ${Math.round(timeoutMs / 1000)} s for ${what}, in vain.`);
    }
    await sleep(intervalMs, undefined, { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }
}
