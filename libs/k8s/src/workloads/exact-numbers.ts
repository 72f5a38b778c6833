import { isRecord } from '#base';

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * The data of a ControllerRevision with its original whole numbers. The StatefulSet controller
 * stores them as doubles, which rounds those beyond 2^53. A number of the workload that rounds to
 * the stored one is taken to be the original. A number beyond 64 bits must have been the largest
 * one of 64 bits.
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
