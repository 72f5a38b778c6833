/** Bytes of a piece from which on it is kept as it is. */
const LARGE = 4 * 1024;
/** Bytes that small pieces are copied into together. */
const BLOCK = 16 * 1024;

/**
 * Collects bytes that come in pieces. A small piece takes many times its own size where it is kept
 * by itself, so small ones are copied together: what is kept is never much more than `size`.
 */
export class Pieces {
  /** Bytes so far. */
  size = 0;
  private readonly kept: Uint8Array[] = [];
  private block: Buffer | undefined;
  /** Bytes of the block that are taken. */
  private used = 0;

  /** Takes the next piece, which must not change any more. */
  add(piece: Uint8Array): void {
    this.size += piece.length;
    // A single piece is the whole, and needs no copy.
    if (piece.length >= LARGE || this.kept.length === 0) {
      this.closeBlock();
      this.kept.push(piece);
      return;
    }
    if (this.block && this.used + piece.length > BLOCK) this.closeBlock();
    this.block ??= Buffer.allocUnsafeSlow(BLOCK);
    this.block.set(piece, this.used);
    this.used += piece.length;
  }

  /** All bytes in their order. */
  whole(): Buffer {
    this.closeBlock();
    const [first] = this.kept;
    return this.kept.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(this.kept);
  }

  private closeBlock(): void {
    if (this.block) this.kept.push(this.block.subarray(0, this.used));
    this.block = undefined;
    this.used = 0;
  }
}
