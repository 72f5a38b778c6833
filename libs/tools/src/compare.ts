/** Sorts texts as Go does, by their characters and not by the rules of a language. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
