import pMap, { pMapIterable, pMapSkip } from 'p-map';

/**
 * Runs `task` for each item, at most `concurrency` at a time. After a failure no further task
 * starts.
 * @returns the results, in the order of the items
 * @throws the first failure, once all tasks that have started have ended
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  let failure: { error: unknown } | undefined;
  const run = async (item: T) => {
    if (failure) return pMapSkip;
    try {
      return await task(item);
    } catch (error) {
      failure ??= { error };
      return pMapSkip;
    }
  };
  const results = await pMap(items, run, { concurrency });
  if (failure) throw failure.error;
  return results;
}

/**
 * Runs `task` for each item, at most `concurrency` at a time, and yields the results in the order
 * of the items. When the consumer stops early or a task fails, the signal of the running tasks
 * aborts.
 * @param signal ends the running tasks too
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  concurrency: number,
  signal: AbortSignal | undefined,
  task: (item: T, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<R, void> {
  const [only] = items;
  if (items.length === 1 && signal) {
    // No other task could be left running, so the caller's signal is enough.
    yield await task(only!, signal);
    return;
  }
  const stop = new AbortController();
  const forward = () => stop.abort(signal?.reason);
  if (signal?.aborted) forward();
  signal?.addEventListener('abort', forward);
  let isComplete = false;
  const run = (item: T) => task(item, stop.signal);
  try {
    yield* pMapIterable(items, run, { concurrency }) as AsyncIterable<R>;
    isComplete = true;
  } finally {
    signal?.removeEventListener('abort', forward);
    // An abort creates an exception with its stack: too expensive when nothing is running.
    if (!isComplete) stop.abort();
  }
}

/**
 * The values of several iterators, each as soon as it is there. Ends when all have ended, and ends
 * the others when one fails or the consumer stops early.
 * @throws the first failure
 */
export async function* merge<T>(sources: readonly AsyncIterator<T>[]): AsyncGenerator<T, void> {
  // Not Promise.race: the values of one source would pile up at the pending promises of the others.
  const ready: { source: AsyncIterator<T>; result: IteratorResult<T> }[] = [];
  let failure: { error: unknown } | undefined;
  let wake = () => {};
  const pull = (source: AsyncIterator<T>) => {
    source
      .next()
      .then(
        (result) => ready.push({ source, result }),
        (error: unknown) => (failure ??= { error }),
      )
      .finally(() => wake());
  };
  const open = new Set(sources);
  sources.forEach(pull);
  try {
    while (open.size > 0) {
      if (failure) throw failure.error;
      const next = ready.shift();
      if (!next) {
        await new Promise<void>((resolve) => (wake = resolve));
      } else if (next.result.done) {
        open.delete(next.source);
      } else {
        pull(next.source);
        yield next.result.value;
      }
    }
  } finally {
    for (const source of open) source.return?.().then(undefined, () => undefined);
  }
}
