/**
 * Runs a task for each item, some at the same time, started in order. After a task that gives false
 * no further one is started.
 * @param most tasks at the same time
 */
export async function atOnce<T>(
  items: readonly T[],
  most: number,
  task: (item: T) => Promise<boolean>,
): Promise<void> {
  const left = items.values();
  let isStopped = false;
  const work = async (): Promise<void> => {
    for (const item of left) {
      if (!(await task(item))) isStopped = true;
      if (isStopped) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
}
