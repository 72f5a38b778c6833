/** Equal lines in a row that are shown one by one. More of them are shown as one, with a count. */
export const MAX_EQUAL = 3;

/** The time before a line, in the form of RFC 3339, as the kubelet and many programs write it. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) /;

/** The time before a line; empty where there is none. */
export function timeOf(line: string): string {
  return TIME.exec(line)?.[1] ?? '';
}

/** A line without the time before it: what is compared with the lines around it. */
export function withoutTime(line: string): string {
  return TIME.test(line) ? line.slice(line.indexOf(' ') + 1) : line;
}

/** @param until the time of the last of the lines, where it has one */
export function repeatedText(times: number, until: string): string {
  return `(repeated ${times} more times${until === '' ? '' : `, until ${until}`})`;
}

/** Folds the equal lines of a log that is followed: a line that was given cannot be taken back. */
export class EqualLines {
  private text: string | undefined;
  private times = 0;
  private last = '';

  /** What to show for the next lines. */
  take(lines: readonly string[]): string[] {
    const shown: string[] = [];
    for (const line of lines) {
      const text = withoutTime(line);
      if (text !== this.text) shown.push(...this.rest());
      this.text = text;
      this.last = line;
      this.times += 1;
      if (this.times <= MAX_EQUAL) shown.push(line);
    }
    return shown;
  }

  /** What is left to show of the lines so far, when none follows that is equal. */
  rest(): string[] {
    const hidden = this.times - MAX_EQUAL;
    this.times = 0;
    return hidden > 0 ? [repeatedText(hidden, timeOf(this.last))] : [];
  }
}
