/**
 * Most lines that are remembered as read. Beyond that, every line that is not younger than the
 * youngest one counts as read.
 */
const MAX_LINES = 50_000;

/** The kubelet's time before each line: RFC 3339 with up to nine decimal places. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;

/** The time of a line. */
interface Stamp {
  /** Whole seconds since 1970. */
  second: number;
  nanoseconds: number;
  /** Characters of the time, including the blank behind it. */
  length: number;
}

/** How often each line was read, by its text. */
type Counts = Map<string, number>;

/**
 * How far a log has been read, so that reading can continue after a break without losing or
 * repeating a line. `sinceTime` has whole seconds, and several lines may have the same time.
 * Therefore the lines of the last two seconds are remembered and left out when they come again. It
 * takes two seconds because the lines of stdout and stderr may not be in the order of their times.
 */
export class LogPosition {
  private last: Stamp | undefined;
  private recent = new Map<number, Counts>();
  private count = 0;
  /** All lines up to this time count as read and are not remembered one by one. */
  private forgottenUpTo: Stamp | undefined;
  /** What to expect again: these lines, all before this second, and all up to this time. */
  private again = new Map<number, Counts>();
  private againBefore = -Infinity;
  private againUpTo: Stamp | undefined;
  private lastText = '';
  private lastTextSecond = NaN;

  /** Where to continue reading, as `sinceTime`; undefined before the first line. */
  get since(): string | undefined {
    return this.last && new Date((this.last.second - 1) * 1_000).toISOString();
  }

  /** Call this before the log is read again from `since`. */
  resume(): void {
    this.again = new Map([...this.recent].map(([second, counts]) => [second, new Map(counts)]));
    this.againBefore = (this.last?.second ?? -Infinity) - 1;
    this.againUpTo = this.forgottenUpTo;
  }

  /**
   * Takes the next lines, each with its time before it.
   * @returns the lines that were not read before, without their times
   */
  take(lines: readonly string[]): string[] {
    const fresh: string[] = [];
    for (const line of lines) {
      const stamp = this.stampOf(line);
      if (this.isRead(line, stamp)) continue;
      this.note(line, stamp);
      fresh.push(line.slice(stamp.length));
    }
    return fresh;
  }

  private isRead(line: string, { second, nanoseconds }: Stamp): boolean {
    if (second < this.againBefore) return true;
    const counts = this.again.get(second);
    const left = counts?.get(line) ?? 0;
    if (left > 0) {
      counts!.set(line, left - 1);
      return true;
    }
    const { againUpTo: until } = this;
    if (!until) return false;
    return second < until.second || (second === until.second && nanoseconds <= until.nanoseconds);
  }

  private note(line: string, stamp: Stamp): void {
    const { last } = this;
    const isLater =
      !last ||
      stamp.second > last.second ||
      (stamp.second === last.second && stamp.nanoseconds > last.nanoseconds);
    if (isLater) this.last = stamp;
    if (isLater && stamp.second !== last?.second) this.forgetBefore(stamp.second - 1);
    if (this.count >= MAX_LINES) this.forgetAll();
    let counts = this.recent.get(stamp.second);
    if (!counts) this.recent.set(stamp.second, (counts = new Map()));
    counts.set(line, (counts.get(line) ?? 0) + 1);
    this.count++;
  }

  private forgetBefore(second: number): void {
    for (const [other, counts] of this.recent) {
      if (other >= second) continue;
      this.recent.delete(other);
      for (const times of counts.values()) this.count -= times;
    }
  }

  private forgetAll(): void {
    this.recent.clear();
    this.count = 0;
    this.forgottenUpTo = this.last;
  }

  /** The time of a line. A line without a time has that of the line before. */
  private stampOf(line: string): Stamp {
    const [all, text = '', decimals = '', zone = ''] = STAMP.exec(line) ?? [];
    if (all === undefined) {
      return {
        second: this.last?.second ?? 0,
        nanoseconds: this.last?.nanoseconds ?? 0,
        length: 0,
      };
    }
    // Most lines have the same second as the line before.
    if (text + zone !== this.lastText) {
      this.lastText = text + zone;
      this.lastTextSecond = Date.parse(this.lastText) / 1_000;
    }
    const nanoseconds = Number(decimals.padEnd(9, '0'));
    return { second: this.lastTextSecond, nanoseconds, length: all.length };
  }
}
