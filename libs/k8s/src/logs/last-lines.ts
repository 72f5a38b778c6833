/** Lines that may be dropped from the front before their room is given back. */
const MOST_DROPPED = 10_000;

/** The last of some lines, as many as are wanted. */
export class LastLines {
  private lines: string[] = [];
  private dropped = 0;
  private chars = 0;

  /** @param maxLines lines that are kept */
  constructor(private readonly maxLines: number) {}

  /** Characters of those that are kept, with their line ends. */
  get size(): number {
    return this.chars;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(line: string): void {
    this.lines.push(line);
    this.chars += line.length + 1;
    if (this.count > this.maxLines) this.dropFirst();
  }

  /** Drops the first ones until they have at most so many characters, but never the last one. */
  shrinkTo(maxChars: number): void {
    while (this.chars > maxChars && this.count > 1) this.dropFirst();
  }

  toString(): string {
    return this.lines.slice(this.dropped).join('\n');
  }

  private get count(): number {
    return this.lines.length - this.dropped;
  }

  private dropFirst(): void {
    this.chars -= this.lines[this.dropped]!.length + 1;
    this.lines[this.dropped] = '';
    this.dropped += 1;
    // To move all of them for each line would take time with the square of their number.
    if (this.dropped < MOST_DROPPED || this.dropped < this.lines.length / 2) return;
    this.lines = this.lines.slice(this.dropped);
    this.dropped = 0;
  }
}
