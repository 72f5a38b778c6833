/**
 * Splits bytes that come in pieces into lines. The time is linear in the bytes, however long a line
 * is.
 */
export class LineSplitter {
  private readonly decoder = new TextDecoder();
  private pieces: string[] = [];
  /** Characters of the line that has not ended. */
  private chars = 0;

  /**
   * @param maxChars characters of a line that are kept. A longer line ends with the number of
   * characters that are left out.
   */
  constructor(private readonly maxChars: number) {}

  /** Characters that are kept of the line that has not ended. */
  get kept(): number {
    return Math.min(this.chars, this.maxChars);
  }

  /** The lines that end with a piece, without their line ends. */
  take(bytes: Uint8Array): string[] {
    const [first = '', ...others] = this.decoder.decode(bytes, { stream: true }).split('\n');
    this.add(first);
    if (others.length === 0) return [];
    const lines = [this.ended()];
    const last = others.pop()!;
    for (const line of others) lines.push(this.shortened(line, line.length));
    this.add(last);
    return lines;
  }

  /** The last line, if it has no line end. */
  rest(): string[] {
    this.add(this.decoder.decode());
    return this.chars === 0 ? [] : [this.ended()];
  }

  private add(text: string): void {
    // One more, so that what is cut is known to be too long.
    const room = this.maxChars + 1 - this.chars;
    if (room > 0) this.pieces.push(text.length > room ? text.slice(0, room) : text);
    this.chars += text.length;
  }

  private ended(): string {
    const line = this.shortened(this.pieces.join(''), this.chars);
    this.pieces = [];
    this.chars = 0;
    return line;
  }

  private shortened(text: string, chars: number): string {
    const left = chars - this.maxChars;
    return left > 0 ? `${text.slice(0, this.maxChars)}...[${left} more characters]` : text;
  }
}
