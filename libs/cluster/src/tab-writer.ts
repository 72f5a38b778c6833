const LEAST_WIDTH = 6;
const PADDING = 3;

/** One line, as its tab-separated cells. */
export type Line = readonly string[];

/**
 * Aligns lines as kubectl does (elastic tab stops): neighbouring lines that have a cell in a column share that column's width, at least six
 * characters with three of padding, and never less than it was in the lines above. The last cell of a line is not padded.
 */
export function alignLines(lines: readonly Line[]): string[] {
  const aligned: string[] = [];
  // Per column, the widest block so far.
  const remembered: number[] = [];

  const print = (from: number, to: number, widths: readonly number[]) => {
    for (let index = from; index < to; index++) {
      const line = lines[index]!;
      const last = line.length - 1;
      let text = '';
      for (let column = 0; column < last; column++) {
        text += pad(line[column]!, widths[column] ?? 0);
      }
      aligned.push(text + line[last]!);
    }
  };

  const align = (from: number, to: number, widths: readonly number[]) => {
    const column = widths.length;
    let printed = from;
    for (let index = from; index < to; index++) {
      if (lines[index]!.length - 1 <= column) continue;
      print(printed, index, widths);
      let end = index;
      let width = Math.max(LEAST_WIDTH, remembered[column] ?? 0);
      for (; end < to && lines[end]!.length - 1 > column; end++) {
        width = Math.max(width, widthOf(lines[end]![column]!) + PADDING);
      }
      remembered[column] = width;
      align(index, end, [...widths, width]);
      printed = end;
      index = end;
    }
    print(printed, to, widths);
  };

  align(0, lines.length, []);
  return aligned;
}

const SURROGATES = /[\ud800-\udfff]/;

/** Width in characters: those outside the basic plane take two UTF-16 units. */
export function widthOf(text: string): number {
  return SURROGATES.test(text) ? Array.from(text).length : text.length;
}

function pad(text: string, width: number): string {
  return text.padEnd(width + text.length - widthOf(text));
}
