/** What several sources give, each piece as soon as it is there. Ends when all have ended; fails with the first that fails. */
export async function* merge<T>(sources: readonly AsyncIterator<T>[]): AsyncGenerator<T, void> {
  const next = async (source: AsyncIterator<T>) => ({ source, result: await source.next() });
  const pending = new Map(sources.map((source) => [source, next(source)]));
  try {
    while (pending.size > 0) {
      const { source, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(source);
      } else {
        pending.set(source, next(source));
        yield result.value;
      }
    }
  } finally {
    for (const [source, waiting] of pending) {
      waiting.catch(() => undefined);
      source.return?.().then(undefined, () => undefined);
    }
  }
}
