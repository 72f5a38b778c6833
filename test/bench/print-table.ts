/** Prints a table, its columns aligned. */
export function printTable(header: string[], rows: string[][]): void {
  const lines = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const print = (line: string[]) =>
    process.stdout.write(
      `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`,
    );
  process.stdout.write('\n');
  print(header);
  print(widths.map((width) => '-'.repeat(width)));
  for (const row of rows) print(row);
  process.stdout.write('\n');
}
