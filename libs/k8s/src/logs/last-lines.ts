/** Lines that may be dropped from the front before their memory is freed. */
const MAX_DROPPED = 10_000;

/** Keeps the last lines of a log. */
export class LastLines {
  private lines: string[] = [];
  private dropped = 0;
  private chars = 0;

  /** @param maxLines most lines to keep */
  constructor(private readonly maxLines: number) {}

  /** Characters of the kept lines, with their line ends. */
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

  /** Drops the first lines until at most `maxChars` are left, but never the last line. */
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
    // Moving all lines each time would take quadratic time.
    if (this.dropped < MAX_DROPPED || this.dropped < this.lines.length / 2) return;
    this.lines = this.lines.slice(this.dropped);
    this.dropped = 0;
  }
}
