/**
 * Runs `task` for each item, at most `atOnce` at a time, and yields the outcomes in the order of
 * the items. When the consumer stops early or a task fails, the signal given to the running tasks
 * aborts.
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  signal: AbortSignal | undefined,
  task: (item: T, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<R, void> {
  const [only] = items;
  if (items.length === 1 && signal) {
    // With nothing beside it that could be left running, the caller's signal will do.
    yield await task(only!, signal);
    return;
  }
  const stop = new AbortController();
  const forward = () => stop.abort(signal?.reason);
  if (signal?.aborted) forward();
  signal?.addEventListener('abort', forward);
  const running: Promise<R>[] = [];
  const start = (item: T) => {
    const promise = task(item, stop.signal);
    // A failure is seen when its turn comes, or never.
    promise.catch(() => undefined);
    running.push(promise);
  };
  try {
    let next = 0;
    while (next < items.length || running.length > 0) {
      while (next < items.length && running.length < atOnce) start(items[next++]!);
      yield await running.shift()!;
    }
  } finally {
    signal?.removeEventListener('abort', forward);
    // Aborting makes an exception with its stack, which is dear where nothing is left to stop.
    if (running.length > 0) stop.abort();
  }
}
