/**
 * Bytes that are handed on at a time. A client that reads at all reads so many in the time after
 * which one that does not is dropped.
 */
const SLICE_BYTES = 16 * 1024;

/** Bytes in slices, without a copy of them. */
export function* slicesOf(bytes: Buffer): Generator<Buffer, void> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    yield bytes.subarray(start, start + SLICE_BYTES);
  }
}
