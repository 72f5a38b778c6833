import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';

/** Memory of one worker, in MB. Work that needs more is ended, and the server goes on. */
const MAX_MEMORY_MB = 512;

/** Milliseconds after which a worker that has nothing to do ends. */
const IDLE_MS = 30_000;

export interface WorkLimits {
  /** Ends the work when it aborts. */
  signal?: AbortSignal;
  /** Milliseconds that the work may take. */
  timeoutMs: number;
}

/** Work was given up because it took too long or too much memory. */
export class WorkTooLarge extends Error {
  override readonly name = 'WorkTooLarge';
}

let pool: Promise<Piscina> | undefined;

/**
 * Runs a function in a worker thread, so that large input from a caller or a cluster does not block
 * the event loop. There are as many threads as cores. Further work waits for its turn.
 * @param file a module named `*.worker.ts`, as `new URL('./x.worker.js', import.meta.url)`; its
 * default export is the function. The build makes a separate file of each.
 * @param input the argument of the function. Input and result are copied, so large ones should be
 * text or numbers.
 * @throws WorkTooLarge; the signal's reason; what the function throws
 */
export async function runInWorker<Out>(
  file: URL,
  input: unknown,
  { signal, timeoutMs }: WorkLimits,
): Promise<Out> {
  signal?.throwIfAborted();
  const workers = await (pool ??= createPool());
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return (await workers.run(input, {
      filename: file.href,
      signal: signal ? AbortSignal.any([signal, late]) : late,
    })) as Out;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (late.aborted) throw new WorkTooLarge('it takes too long', { cause: error });
    if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
      throw new WorkTooLarge('it takes too much memory', { cause: error });
    }
    throw error;
  }
}

/** Loaded on first use, because most servers never need it. */
async function createPool(): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    minThreads: 0,
    maxThreads: availableParallelism(),
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
    recordTiming: false,
  });
}
