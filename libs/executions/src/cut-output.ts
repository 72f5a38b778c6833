/**
 * Cuts text that is longer than a caller can take, at a line's end, and says so.
 * @param wayOn how to get the rest
 */
export function cutOutput(output: string, maxChars: number, wayOn: string): string {
  if (output.length <= maxChars) return output;
  const lineEnd = output.lastIndexOf('\n', maxChars);
  const { text, next = maxChars } = pieceOf(output, 0, maxChars);
  const end = lineEnd > maxChars / 2 ? lineEnd : next;
  return `${text.slice(0, end)}\n[The output was cut after ${end} of ${output.length} characters. ${wayOn}]`;
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
