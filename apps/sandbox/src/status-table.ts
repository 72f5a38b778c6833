import type { ProcessStatus } from './processes.js';

/** What `status` prints: a line for each process and the sum of their memory. */
export function statusTable(processes: ProcessStatus[]): string {
  const rows = processes.map(({ name, pid, port, residentBytes }) => [
    name,
    pid === undefined ? 'down' : 'up',
    `${pid ?? '-'}`,
    `${port ?? '-'}`,
    residentBytes === undefined ? '-' : mebibytes(residentBytes),
  ]);
  const total = processes.reduce((sum, { residentBytes = 0 }) => sum + residentBytes, 0);
  const table = [['PROCESS', 'STATE', 'PID', 'PORT', 'MEMORY'], ...rows];
  table.push(['total', '', '', '', mebibytes(total)]);
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) => row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('   '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
