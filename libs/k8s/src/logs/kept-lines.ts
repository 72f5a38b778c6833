import { copyOf, LineRun } from './line-run.js';
import { LineRuns } from './line-runs.js';

/** Characters of what is said between the head and the tail. */
const NOTE_CHARS = 160;

/** Characters of a line that are shown, however little room there is. */
const MIN_LINE_CHARS = 100;

/** How much more is kept of the last lines, whose first ones are only known at the end. */
const WINDOW_FACTOR = 4;

const SHORTENED = /\.\.\.\[(\d+) more characters\]$/;

export interface KeptLinesOptions {
  /** Most lines, counted from the end; Infinity for all. */
  maxLines: number;
  /** Characters that there is room for. */
  maxChars: number;
  /** Whether equal lines in a row become one, with a count. */
  fold: boolean;
  /** Whether the lines are some of many, each a part of a long text. */
  isSparse: boolean;
  /** Before each line that is shown. */
  prefix: string;
}

/** The first and the last lines of a log, as far as there is room. */
export class KeptLines {
  private readonly head = new LineRuns();
  private tail = new LineRuns();
  private current: LineRuns | undefined;
  private seen = 0;
  private isBroken = false;

  constructor(private readonly options: KeptLinesOptions) {}

  get isEmpty(): boolean {
    return this.seen === 0;
  }

  /** Whether lines had to be left out. */
  get isFull(): boolean {
    return this.leftOut > 0;
  }

  add(line: string): void {
    const { maxLines, maxChars, fold, isSparse } = this.options;
    const text = shortened(isSparse ? copyOf(line) : line, lineRoom(maxChars));
    this.seen += 1;
    if (!fold || !this.current?.grow(text)) this.push(new LineRun(text));
    const { tail } = this;
    if (tail.lines > maxLines) tail.dropLine();
    const room = maxLines === Infinity ? maxChars : maxChars * WINDOW_FACTOR;
    while (tail.chars > room && tail.length > 1) tail.dropRun();
  }

  /** From here on come the last lines of the log. How many are in between is not known. */
  breakOff(): void {
    this.tail = new LineRuns();
    this.current = undefined;
    this.isBroken = true;
  }

  /** The lines, or the first and the last ones with what is left out in between. */
  text(maxChars: number): string {
    const runs = [...this.head.toArray(), ...this.tail.toArray()];
    const shown = runs.map((run) => this.textOf(run));
    const isWhole = this.leftOut === 0 && !this.isBroken;
    if (isWhole && shown.reduce((sum, text) => sum + text.length + 1, 0) <= maxChars + 1) {
      return shown.join('\n');
    }
    const room = Math.max(2 * MIN_LINE_CHARS, maxChars - NOTE_CHARS);
    const first = fitting(isWhole ? shown : shown.slice(0, this.head.length), room / 2);
    const used = first.reduce((sum, text) => sum + text.length + 1, 0);
    const others = shown.slice(isWhole ? first.length : this.head.length).toReversed();
    const last = fitting(others, room - used).toReversed();
    const between = runs.slice(first.length, runs.length - last.length);
    const hidden = this.leftOut + linesOf(between);
    const fit = linesOf(runs.slice(runs.length - fitting(others, room).length));
    const note = hidden > 0 || this.isBroken ? [this.note(hidden, fit)] : [];
    return [...first, ...note, ...last].join('\n');
  }

  /** Lines that there was no room for. */
  private get leftOut(): number {
    return Math.min(this.seen, this.options.maxLines) - this.head.lines - this.tail.lines;
  }

  private push(run: LineRun): void {
    const { maxLines, maxChars } = this.options;
    this.current?.end();
    const hasRoom = this.tail.length === 0 && this.head.chars + run.chars <= maxChars / 2;
    // Which lines are the first of the last ones is only known at the end.
    this.current = hasRoom && !this.isBroken && maxLines === Infinity ? this.head : this.tail;
    this.current.push(run);
  }

  private note(lines: number, fit: number): string {
    const count = this.isBroken ? `More than ${lines}` : `${lines}`;
    const { prefix } = this.options;
    return `${prefix}[${count} lines left out here. Narrow with grep, exclude or since; num_lines=${fit} gives the last ones whole.]`;
  }

  private textOf(run: LineRun): string {
    return run
      .toLines()
      .map((line) => this.options.prefix + line)
      .join('\n');
  }
}

/** The first of some texts, as far as there is room; one of them in any case. */
function fitting(texts: readonly string[], room: number): string[] {
  let left = room;
  const end = texts.findIndex((text) => (left -= text.length + 1) < 0);
  if (end !== 0) return texts.slice(0, end < 0 ? texts.length : end);
  return [shortened(texts[0]!, lineRoom(room))];
}

function linesOf(runs: readonly LineRun[]): number {
  return runs.reduce((sum, { times }) => sum + times, 0);
}

function lineRoom(maxChars: number): number {
  return Math.max(MIN_LINE_CHARS, Math.floor(maxChars / 2) - 1);
}

/** A line that ends with the number of characters left out, unless it is short enough. */
function shortened(line: string, maxChars: number): string {
  if (line.length <= maxChars) return line;
  const before = SHORTENED.exec(line.slice(-60));
  const whole = line.length - (before?.[0].length ?? 0) + Number(before?.[1] ?? 0);
  const shown = maxChars - 40;
  return `${line.slice(0, shown)}...[${whole - shown} more characters]`;
}
