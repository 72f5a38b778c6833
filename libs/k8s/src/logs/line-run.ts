import { MAX_EQUAL, repeatedText, timeOf, withoutTime } from './equal-lines.js';

/** Characters of what is said of lines that are not shown. */
const COUNT_CHARS = 70;

/** One line of a log, or equal ones in a row. */
export class LineRun {
  private text: string;
  private shown: string[];
  private last: string;
  private isFolded = false;

  /** How many lines it stands for. */
  times = 1;
  /** Characters that it takes, with the line ends. */
  chars: number;

  constructor(line: string) {
    this.text = withoutTime(line);
    this.shown = [line];
    this.last = line;
    this.chars = line.length + 1;
  }

  /** Takes the next line if it is equal, whatever the time before it. */
  takes(line: string): boolean {
    if (withoutTime(line) !== this.text) return false;
    this.times += 1;
    this.last = line;
    if (this.times > MAX_EQUAL) {
      this.fold();
    } else {
      this.shown.push(line);
      this.chars += line.length + 1;
    }
    return true;
  }

  /** Takes no more lines. */
  end(): void {
    if (this.isFolded) this.last = copyOf(this.last);
  }

  /** Forgets the first line. */
  dropFirst(): void {
    this.times -= 1;
    if (!this.isFolded) this.chars -= this.shown.shift()!.length + 1;
  }

  toLines(): readonly string[] {
    const hidden = this.times - 1;
    if (!this.isFolded || hidden === 0) return this.shown;
    return [...this.shown, repeatedText(hidden, timeOf(this.last))];
  }

  private fold(): void {
    if (this.isFolded) return;
    this.isFolded = true;
    this.shown = [copyOf(this.shown[0]!)];
    this.text = withoutTime(this.shown[0]!);
    this.chars = this.text.length + 1 + COUNT_CHARS;
  }
}

/**
 * A text that shares no memory. A line is a part of a longer text, which it keeps in memory: a few
 * lines here and there would keep a whole log.
 */
export function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
