import { markdownTable } from '../../apps/server/src/docs/markdown-table.js';
import type { Cell, Row } from './take-along.js';

/** What stands between these two lines of docs/clients.md. */
const BLOCK = /(?<=<!-- clients -->\n)[^]*(?=<!-- \/clients -->)/;

/** Puts the table of the clients into the page that is otherwise written by hand. */
export function withTable(page: string, rows: readonly Row[]): string {
  if (!BLOCK.test(page)) throw new Error('docs/clients.md has no place for the table.');
  return page.replace(BLOCK, () => `\n${tableOf(rows)}\n\n${failuresOf(rows)}`);
}

function tableOf(rows: readonly Row[]): string {
  const steps = rows[0]?.cells.map(({ step }) => step) ?? [];
  return markdownTable(
    ['client', 'package', 'protocol', ...steps],
    rows.map(({ client, protocol, cells }) => [
      client.name,
      `\`${client.package}\` ${client.version}`,
      protocol,
      ...cells.map(textOf),
    ]),
  );
}

function textOf({ step, outcome }: Cell): string {
  return { done: '✓', lacking: `no ${step}`, failed: '✗' }[outcome];
}

/** What the clients said where something went wrong. */
function failuresOf(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ client, cells }) =>
    cells
      .filter(({ outcome }) => outcome === 'failed')
      .map(
        ({ step, error = '' }) =>
          `- ${client.name}, ${step}: \`${error.replace(/[\s`]+/g, ' ')}\`\n`,
      ),
  );
  return lines.length === 0 ? '' : `What went wrong (✗):\n\n${lines.join('')}\n`;
}
