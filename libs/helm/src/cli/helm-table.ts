/** Characters that take two columns: those of East Asian scripts, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
/** Characters that take none. */
const NARROW = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * A table as helm prints it: every cell, including the last, is padded to the width of its column,
 * with a tab between columns. A text of several lines that is too wide for its column is cut as
 * helm cuts it. There is no line end at the end.
 */
export function helmTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      for (const line of cell.split('\n')) {
        widths[column] = Math.max(widths[column] ?? 0, widthOf(line));
      }
    }
  }
  return rows.flatMap((row) => linesOf(row, widths)).join('\n');
}

function linesOf(row: readonly string[], widths: readonly number[]): string[] {
  const cells = row.map((cell, column) => resized(cell, widths[column] ?? 0).split('\n'));
  const count = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: count }, (_, line) =>
    cells.map((lines, column) => padded(lines[line] ?? '', widths[column] ?? 0)).join('\t'),
  );
}

function resized(text: string, width: number): string {
  if (widthOf(text) <= width) return padded(text, width);
  let kept = '';
  let used = 0;
  for (const character of text) {
    kept += character;
    const next = widthOf(character);
    if (used + next >= width - 3) break;
    used += next;
  }
  return `${kept}...`;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : NARROW.test(character) ? 0 : 1;
  return width;
}
