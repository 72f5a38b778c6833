/** What stands before the table that ends a description. */
const TITLE = '\nEvents:\n';

const COLUMNS = ['Type', 'Reason', 'Age', 'From', 'Message'];
const RULES = ['----', '------', '----', '----', '-------'];

/** kubectl's `9s`, or `9s (x2 over 27s)`. */
const AGE = /^(\S+)(?: \(x(\d+) over (\S+)\))?$/;

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, y: 31_536_000 };

/** Blanks before a row, and between two columns. */
const INDENT = '  ';
const GUTTER = 2;

/** What the rows of one message say. */
interface Row {
  /** Type, reason, source and message. */
  same: [type: string, reason: string, from: string, message: string];
  age: string;
  count: number;
  /** How long ago the first was, as kubectl writes it. */
  over: string;
}

/**
 * What kubectl has described, where events that say the same are one row: a pod that no node takes
 * has a row for each time that the scheduler looked again, and a model pays for each.
 * @param described as it is where a row is not as kubectl writes it
 */
export function foldDescribedEvents(described: string): string {
  const start = described.lastIndexOf(TITLE) + TITLE.length;
  if (start < TITLE.length) return described;
  const [header = '', _rules, ...lines] = described.slice(start).trimEnd().split('\n');
  const starts = COLUMNS.map((name) => header.indexOf(name));
  const rows = lines.map((line) => rowOf(line, starts));
  // Such as the further lines of a message.
  if (!rows.every((row) => row !== undefined)) return described;
  const folded = fold(rows);
  if (folded.length === rows.length) return described;
  const end = described.endsWith('\n') ? '\n' : '';
  return described.slice(0, start) + tableOf(folded) + end;
}

function rowOf(line: string, starts: readonly number[]): Row | undefined {
  if (!line.startsWith(INDENT)) return undefined;
  const cells = starts.map((start, index) => line.slice(start, starts[index + 1]).trimEnd());
  const [type = '', reason = '', when = '', from = '', message = ''] = cells;
  const [, age, count = '1', over = age] = AGE.exec(when) ?? [];
  if (age === undefined || over === undefined) return undefined;
  return { same: [type, reason, from, message], age, count: Number(count), over };
}

/** kubectl puts the newest last, and so the last row of a message is its newest. */
function fold(rows: readonly Row[]): Row[] {
  const byMessage = new Map<string, Row>();
  for (const row of rows) {
    const key = row.same.join('\0');
    const earlier = byMessage.get(key);
    byMessage.delete(key);
    byMessage.set(key, earlier ? joined(earlier, row) : row);
  }
  return [...byMessage.values()];
}

function joined(earlier: Row, { same, age, count, over }: Row): Row {
  const longest = secondsOf(earlier.over) > secondsOf(over) ? earlier.over : over;
  return { same, age, count: earlier.count + count, over: longest };
}

/** Of `2d3h`; 0 of what kubectl writes for a time that it does not know. */
function secondsOf(duration: string): number {
  const parts = duration.matchAll(/(\d+)([smhdy])/g);
  return [...parts].reduce((sum, [, count, unit = '']) => sum + Number(count) * SECONDS[unit]!, 0);
}

function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ same: [type, reason, from, message], age, count, over }) => [
    type,
    reason,
    count > 1 ? `${age} (x${count} over ${over})` : age,
    from,
    message,
  ]);
  const lines = [COLUMNS, RULES, ...cells];
  const widths = COLUMNS.map((_, column) => {
    return Math.max(...lines.map((line) => line[column]!.length)) + GUTTER;
  });
  const last = COLUMNS.length - 1;
  const textOf = (line: readonly string[]) =>
    line.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column]!))).join('');
  return lines.map((line) => INDENT + textOf(line)).join('\n');
}
