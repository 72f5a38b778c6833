/** Compares texts as Go does: by code units, not by the rules of a language. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
