/** The value of a promise, or undefined if it takes longer than `ms` milliseconds. */
export async function orAfter<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for `promise` until `signal` aborts. So the caller is answered even if a tool does not obey
 * the signal.
 * @param graceMs milliseconds that the promise gets after an abort
 * @throws the signal's reason when it aborts first
 */
export async function untilAborted<T>(
  promise: PromiseLike<T>,
  signal: AbortSignal,
  graceMs = 0,
): Promise<T> {
  signal.throwIfAborted();
  let stop!: () => void;
  let timer: NodeJS.Timeout | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const end = () => reject(signal.reason as Error);
    stop = graceMs === 0 ? end : () => (timer = setTimeout(end, graceMs));
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
