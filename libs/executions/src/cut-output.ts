/** Which piece of a text to show. */
export interface Piece {
  /** UTF-16 units to leave out. */
  offset: number;
  maxChars: number;
}

/** What is left behind a piece. */
export interface Left {
  /** The offset of the next piece. */
  next: number;
  lines: number;
}

/**
 * Cuts text that is longer than a caller can take, at a line's end. The last line says how much is
 * left, and is part of what the caller takes.
 * @param wayOn how to get the rest, from the offset on that it is given; none if it cannot be had
 * @param what the text is
 */
export function cutOutput(
  output: string,
  maxChars: number,
  wayOn: (next: number) => string = () => '',
  what = 'output',
): string {
  return pieceWithNote(output, { offset: 0, maxChars }, ({ next, lines }) => {
    const left = `${lines} line${lines === 1 ? ' is' : 's are'} left`;
    const cut = `The ${what} was cut after ${next} of ${output.length} characters; ${left}.`;
    return `[${[cut, wayOn(next)].filter(Boolean).join(' ')}]`;
  });
}

/**
 * A piece of a text that ends with a whole line, where it has one, and a last line that says what
 * is left. Both together are not longer than asked for, unless there is hardly room for the note.
 */
export function pieceWithNote(
  text: string,
  { offset, maxChars }: Piece,
  noteOf: (left: Left) => string,
): string {
  if (text.length - offset <= maxChars) return text.slice(offset);
  const longestNote = noteOf({ next: text.length, lines: text.length });
  const room = Math.max(1, maxChars - longestNote.length - 1);
  const lineEnd = text.lastIndexOf('\n', offset + room);
  const isLine = lineEnd > offset + room / 2;
  const piece = isLine
    ? { text: text.slice(offset, lineEnd), next: lineEnd + 1 }
    : pieceOf(text, offset, room);
  const { next = text.length } = piece;
  return `${piece.text}\n${noteOf({ next, lines: linesFrom(text, next) })}`;
}

/**
 * A piece of a long text.
 * @param offset UTF-16 units to leave out
 * @returns the piece, and the offset of the next one; undefined for the last
 */
export function pieceOf(
  text: string,
  offset: number,
  maxChars: number,
): { text: string; next: number | undefined } {
  const end = offset + maxChars;
  if (end >= text.length) return { text: text.slice(offset), next: undefined };
  // A pair of UTF-16 units is one character: never end between them, unless there is room for one
  // unit only.
  const isInPair = maxChars > 1 && /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  const next = isInPair ? end - 1 : end;
  return { text: text.slice(offset, next), next };
}

/** Lines of a text from an offset on, the rest of the first one too. */
function linesFrom(text: string, offset: number): number {
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n', offset); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
