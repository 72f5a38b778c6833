import { isRecord } from '#base';

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * What a ControllerRevision holds, with its whole numbers as they once were. The StatefulSet
 * controller keeps them as doubles, so that those beyond 2^53 are rounded there. Where the workload
 * still has a number that is rounded to the same, that is the one; what is then beyond 64 bits was
 * the largest.
 */
export function withExactNumbers(stored: unknown, live: unknown): unknown {
  if (typeof stored === 'bigint') {
    if (typeof live === 'bigint' && Number(live) === Number(stored)) return live;
    return stored > MAX_INT64 ? MAX_INT64 : stored;
  }
  if (Array.isArray(stored)) {
    const items: unknown[] = Array.isArray(live) ? live : [];
    return stored.map((item, index) => withExactNumbers(item, items[index]));
  }
  if (!isRecord(stored)) return stored;
  const fields = isRecord(live) ? live : {};
  return Object.fromEntries(
    Object.entries(stored).map(([key, value]) => [key, withExactNumbers(value, fields[key])]),
  );
}
