import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { startSandbox, terminalReporter, type Sandbox } from '#sandbox';
import { withTable } from './clients-document.js';
import { CLIENTS, type Client } from './clients.js';
import { install } from './install.js';
import { takeAlong, type Row } from './take-along.js';

const PAGE = 'docs/clients.md';

/**
 * Runs each client against a server on a new sandbox, and writes the table of `docs/clients.md`.
 * With words, runs only the clients whose programs begin with one of them, and writes nothing.
 */
async function main(words: string[]): Promise<void> {
  const chosen = CLIENTS.filter(
    ({ program }) => words.length === 0 || words.some((word) => program.startsWith(word)),
  );
  const sandbox = await startSandbox({
    name: `clients-${process.pid}`,
    ephemeral: true,
    report: terminalReporter(),
  });
  try {
    const rows: Row[] = [];
    for (const client of chosen) rows.push(...(await rowOf(client, sandbox)));
    if (rows.length < CLIENTS.length) return;
    const page = withTable(await readFile(PAGE, 'utf8'), rows);
    // Examples in the page are formatted as sources are.
    const style = await resolveConfig(PAGE);
    await writeFile(PAGE, await format(page, { ...style, parser: 'markdown' }));
  } finally {
    await sandbox.stop({ purge: true });
  }
}

/** The row of a client, and none if it cannot be installed here. */
async function rowOf(client: Client, sandbox: Sandbox): Promise<Row[]> {
  try {
    const row = await takeAlong(client, await install(client), sandbox);
    const cells = row.cells.map(({ step, outcome, error }) =>
      [step, outcome, error].filter(Boolean).join(' '),
    );
    console.log(`${client.name} ${client.version} (${row.protocol}): ${cells.join(', ')}`);
    return [row];
  } catch (error) {
    console.error(`${client.name} ${client.version}: ${(error as Error).message}`);
    process.exitCode = 1;
    return [];
  }
}

await main(process.argv.slice(2));
