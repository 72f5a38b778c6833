import { LineRun } from './line-run.js';

/** Runs that may be dropped from the front before their memory is freed. */
const MAX_DROPPED = 10_000;

/** Runs of lines in their order. */
export class LineRuns {
  private runs: (LineRun | undefined)[] = [];
  private dropped = 0;

  /** How many lines they stand for. */
  lines = 0;
  /** Characters that they take, with the line ends. */
  chars = 0;

  get length(): number {
    return this.runs.length - this.dropped;
  }

  toArray(): LineRun[] {
    return this.runs.slice(this.dropped) as LineRun[];
  }

  push(run: LineRun): void {
    this.runs.push(run);
    this.lines += run.times;
    this.chars += run.chars;
  }

  /** Whether the last run takes a line. */
  grow(line: string): boolean {
    const last = this.length > 0 ? this.runs.at(-1) : undefined;
    const before = last?.chars ?? 0;
    if (!last?.takes(line)) return false;
    this.lines += 1;
    this.chars += last.chars - before;
    return true;
  }

  /** The last run takes no more lines. */
  end(): void {
    if (this.length > 0) this.runs.at(-1)?.end();
  }

  dropLine(): void {
    const first = this.runs[this.dropped]!;
    if (first.times === 1) return this.dropRun();
    this.chars -= first.chars;
    first.dropFirst();
    this.chars += first.chars;
    this.lines -= 1;
  }

  dropRun(): void {
    const first = this.runs[this.dropped]!;
    this.lines -= first.times;
    this.chars -= first.chars;
    this.runs[this.dropped] = undefined;
    this.dropped += 1;
    // Moving all runs each time would take quadratic time.
    if (this.dropped < MAX_DROPPED || this.dropped < this.runs.length / 2) return;
    this.runs = this.runs.slice(this.dropped);
    this.dropped = 0;
  }
}
