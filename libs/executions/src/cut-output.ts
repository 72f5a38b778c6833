/**
 * Cuts text that is longer than a caller can take, at a line's end, and says so.
 * @param wayOn how to get the rest
 */
export function cutOutput(output: string, maxChars: number, wayOn: string): string {
  if (output.length <= maxChars) return output;
  const lineEnd = output.lastIndexOf('\n', maxChars);
  // A pair of UTF-16 units is one character: never end between them.
  const inPair = /[\uD800-\uDBFF]/.test(output.charAt(maxChars - 1));
  const end = lineEnd > maxChars / 2 ? lineEnd : inPair ? maxChars - 1 : maxChars;
  return `${output.slice(0, end)}\n[The output was cut after ${end} of ${output.length} characters. ${wayOn}]`;
}
