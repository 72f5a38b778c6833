/** Bytes of a slice. A client that reads at all takes so many within MAX_UNREAD_SECONDS. */
const SLICE_BYTES = 16 * 1024;

/** Cuts bytes into slices without copying them. */
export function* slicesOf(bytes: Buffer): Generator<Buffer, void> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    yield bytes.subarray(start, start + SLICE_BYTES);
  }
}
