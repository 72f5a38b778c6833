import { atOnce, type Steps } from '#base';

/** Characters of a column, and of the gap that is part of it. */
export const LEAST_WIDTH = 6;
export const PADDING = 3;

/** One line, as its tab-separated cells. */
export type Line = readonly string[];

/** Neighbouring lines that have a cell in a column. */
interface Block {
  width: number;
}

/** The most characters of a table. A longer one is not shown in full anyway. */
const MAX_CHARS = 8_000_000;

/** Cells after which there may be a pause. */
const CELLS_PER_STEP = 1_000;

/** As `alignSteps`, at once: for some thousand cells. */
export function alignLines(lines: readonly Line[]): string[] {
  return atOnce(alignSteps(lines));
}

/**
 * Aligns lines as kubectl does (elastic tab stops): neighbouring lines that have a cell in a column
 * share that column's width, at least six characters with three of padding, and never less than it
 * was in the lines above. The last cell of a line is not padded.
 * @param maxChars characters after which no more lines are made. Only those that may be among them
 * are looked at: a line can be short and still have many cells, or be filled up to the length of
 * another.
 */
export function* alignSteps(lines: readonly Line[], maxChars = MAX_CHARS): Steps<string[]> {
  const blocks = yield* blocksOf(lines, maxChars);
  const aligned: string[] = [];
  let chars = 0;
  let cells = 0;
  // These loops create no objects per cell, because this is most of the work for a small list.
  for (let index = 0; index < blocks.length; index++) {
    const line = lines[index]!;
    const widths = blocks[index]!;
    let text = '';
    for (let column = 0; column < widths.length; column++) {
      text += pad(line[column]!, widths[column]!.width);
    }
    text += line.at(-1)!;
    aligned.push(text);
    chars += text.length + 1;
    if (chars > maxChars) break;
    cells += line.length;
    if (cells < CELLS_PER_STEP) continue;
    cells = 0;
    yield;
  }
  return aligned;
}

/** For each line the blocks of its cells but the last. */
function* blocksOf(lines: readonly Line[], maxChars: number): Steps<(readonly Block[])[]> {
  const found: (readonly Block[])[] = [];
  // Per column, the width of the last block so far.
  const remembered: number[] = [];
  let open: readonly Block[] = [];
  let chars = 0;
  let cells = 0;
  for (const line of lines) {
    if (chars > maxChars) break;
    const padded = line.length - 1;
    if (padded < open.length) {
      open = open.slice(0, padded);
    } else if (padded > open.length) {
      const added: Block[] = [];
      for (let column = open.length; column < padded; column++) {
        added.push({ width: Math.max(LEAST_WIDTH, remembered[column] ?? 0) });
      }
      open = [...open, ...added];
    }
    for (let column = 0; column < padded; column++) {
      const block = open[column]!;
      block.width = Math.max(block.width, widthOf(line[column]!) + PADDING);
      remembered[column] = block.width;
    }
    found.push(open);
    chars += padded * LEAST_WIDTH + 1;
    cells += line.length;
    if (cells < CELLS_PER_STEP) continue;
    cells = 0;
    yield;
  }
  return found;
}

const SURROGATES = /[\ud800-\udfff]/;

/** Width in characters: those outside the basic plane take two UTF-16 units. */
export function widthOf(text: string): number {
  return SURROGATES.test(text) ? Array.from(text).length : text.length;
}

function pad(text: string, width: number): string {
  return text.padEnd(width + text.length - widthOf(text));
}
