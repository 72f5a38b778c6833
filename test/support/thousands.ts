/** A number as it stands in the tables: 12,345. */
export function thousands(value: number): string {
  return value.toLocaleString('en-US');
}
