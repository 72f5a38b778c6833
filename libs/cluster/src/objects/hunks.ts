/** Most characters of the hunks of one object. */
const MAX_CHARS = 4_000;

/** Fewer characters would not show much of a change. */
const MIN_CHARS = 400;

/** Characters of the line that counts what is left out. */
const NOTE_CHARS = 200;

/** What stands between the hunks of two objects. */
const GAP_CHARS = 2;

/** The hunks of one object of an answer. */
export interface ShownHunks {
  /** What they stand under; "" where that is clear. */
  title: string;
  lines: readonly string[];
  /** How to see what is cut after 4,000 characters; "" if there is no way. */
  wayOn: string;
}

/**
 * The hunks of the objects of an answer, as texts. Each object has as many characters as the others
 * leave to it, but at most 4,000. Hunks are cut at a line; what does not fit is counted.
 * @param maxChars for all of them
 * @param wayOn how to see what has no room among the others
 */
export function shareHunks(
  objects: readonly ShownHunks[],
  maxChars: number,
  wayOn: string,
): string[] {
  const changed = objects.filter(({ lines }) => lines.length > 0);
  const texts = changed.map((one) => textOf(one, MAX_CHARS, one.wayOn));
  const sizes = texts.map(({ length }) => length + GAP_CHARS);
  if (sizes.reduce((sum, size) => sum + size, 0) <= Math.max(0, maxChars)) return texts;
  let room = maxChars - NOTE_CHARS;
  const share = Math.max(MIN_CHARS, shareOf(sizes, room) - GAP_CHARS);
  const shown: string[] = [];
  for (const [index, one] of changed.entries()) {
    const whole = texts[index]!;
    const text = whole.length <= share ? whole : textOf(one, share, '');
    if (text.length + GAP_CHARS > room) continue;
    room -= text.length + GAP_CHARS;
    shown.push(text);
  }
  return [...shown, leftOut(changed.length - shown.length, wayOn)];
}

function textOf({ title, lines }: ShownHunks, maxChars: number, wayOn: string): string {
  const head = title && `${title}\n`;
  return `${head}${cutLines(lines, maxChars - head.length, wayOn)}`;
}

/** If the lines are cut, the last one counts the rest. */
function cutLines(lines: readonly string[], maxChars: number, wayOn: string): string {
  const text = lines.join('\n');
  if (text.length <= maxChars) return text;
  let room = maxChars - restOf(lines, wayOn).length;
  let count = 0;
  for (const line of lines) {
    room -= line.length + 1;
    if (room < 0) break;
    count++;
  }
  // The head of a hunk says nothing without its lines.
  if (isHead(lines[count - 1])) count--;
  return [...lines.slice(0, count), restOf(lines.slice(count), wayOn)].join('\n');
}

/** The most characters that each of some texts may have for all of them to fit. */
function shareOf(sizes: readonly number[], maxChars: number): number {
  let room = maxChars;
  for (const [index, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(room / (sizes.length - index));
    if (size > share) return share;
    room -= size;
  }
  return Infinity;
}

/** @param lines those that are cut */
function restOf(lines: readonly string[], wayOn: string): string {
  const changed = lines.filter((line) => /^[-+]/.test(line)).length;
  const heads = lines.filter(isHead).length;
  const hunks = isHead(lines[0]) ? heads : heads + 1;
  const rest = `${counted(changed, 'more changed line')} in ${counted(hunks, 'hunk')}`;
  return wayOn === '' ? `[${rest}]` : `[${rest}. ${wayOn}]`;
}

function leftOut(count: number, wayOn: string): string {
  if (count === 0) return `[${wayOn}]`;
  const lines = count === 1 ? 'its line' : 'their lines';
  return `[${counted(count, 'more changed object')}: only ${lines} above. ${wayOn}]`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

function isHead(line: string | undefined): boolean {
  return line?.startsWith('@@') ?? false;
}
