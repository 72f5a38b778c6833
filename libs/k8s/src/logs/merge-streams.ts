/**
 * What several sources give, each piece as soon as it is there. Ends when all have ended; fails
 * with the first that fails.
 */
export async function* merge<T>(sources: readonly AsyncIterator<T>[]): AsyncGenerator<T, void> {
  // No race of promises: each piece of one source would stay with those that wait for the others.
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
