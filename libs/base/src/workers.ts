import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';

/** Memory of one worker, in MB: what needs more is ended, and the server goes on. */
const MAX_MEMORY_MB = 512;

/** Milliseconds after which a worker that has nothing to do ends. */
const IDLE_MS = 30_000;

export interface WorkLimits {
  /** Ends the work when it aborts. */
  signal?: AbortSignal;
  /** Milliseconds that the work may take. */
  timeoutMs: number;
}

/** Why a work was given up: it took too long, or too much memory. */
export class WorkTooLarge extends Error {
  override readonly name = 'WorkTooLarge';
}

let pool: Promise<Piscina> | undefined;

/**
 * Runs a function in a thread beside the event loop, which nothing that a caller sends or a cluster
 * holds may keep. There are as many threads as cores; more work than that waits its turn.
 * @param file a module named `*.worker.ts`, as `new URL('./x.worker.js', import.meta.url)`; its
 * default export is the function. The build makes a file of its own of each.
 * @param input what the function is given; it is copied, as its result is, so keep both to texts
 * and numbers where they are large
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

/** Loaded when it is first needed, as most servers never do. */
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
