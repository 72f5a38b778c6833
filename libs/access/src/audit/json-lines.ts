import { StringDecoder } from 'node:string_decoder';

/** Longer than any line of ours. What stands in a longer one is not kept. */
const MAX_LINE_CHARS = 2_000_000;

/**
 * The values of JSON lines, one at a time. Blank lines are left out. A line that is not JSON, or is
 * too long, gives undefined: it has its place in the order, but no value.
 */
export async function* readJsonLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<unknown, void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const piece of bytes) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop()!;
    // A longer rest is no line of ours, whatever follows: two characters more say so.
    if (rest.length > MAX_LINE_CHARS) rest = rest.slice(0, MAX_LINE_CHARS + 1);
    for (const line of lines) if (line.trim() !== '') yield valueOf(line);
  }
  if (rest.trim() !== '') yield valueOf(rest);
}

function valueOf(line: string): unknown {
  if (line.length > MAX_LINE_CHARS) return undefined;
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
