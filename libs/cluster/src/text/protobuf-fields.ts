/** The texts, bytes and messages of a message by the numbers of their fields. */
export type ProtobufFields = ReadonlyMap<number, readonly Buffer[]>;

const MAX_TAG = 2 ** 31;

/** Bytes of a value by its wire type. */
const FIXED: Record<number, number> = { 1: 8, 5: 4 };

/**
 * Reads one level of a message in the protobuf format. Numbers are skipped.
 * @see https://protobuf.dev/programming-guides/encoding
 * @returns undefined for a message that is not whole, or has a field that others may read otherwise
 */
export function protobufFields(message: Buffer): ProtobufFields | undefined {
  const fields = new Map<number, Buffer[]>();
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[offset++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (offset < message.length) {
    const tag = varint();
    if (tag >= MAX_TAG) return undefined;
    const wireType = tag & 7;
    if (wireType === 0) varint();
    else if (wireType === 2) {
      const length = varint();
      const number = tag >>> 3;
      fields.set(number, [
        ...(fields.get(number) ?? []),
        message.subarray(offset, offset + length),
      ]);
      offset += length;
    } else if (FIXED[wireType] !== undefined) offset += FIXED[wireType];
    else return undefined;
  }
  return offset === message.length ? fields : undefined;
}
