import { writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { format } from 'prettier';
import { startSandbox, terminalReporter } from '#sandbox';
import { startServer } from '../bench/server.js';
import { measureAnswers } from './measure-answers.js';
import { measureLists } from './measure-list.js';
import { tokenCostDocument } from './token-cost-document.js';

const PAGE = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'docs', 'token-cost.md');

/** Measures on a new sandbox what a model is billed, and writes `docs/token-cost.md`. */
async function main(): Promise<void> {
  const sandbox = await startSandbox({
    name: `token-cost-${process.pid}`,
    ephemeral: true,
    report: terminalReporter(),
  });
  try {
    const server = await startServer(sandbox, 'token-cost');
    try {
      const answers = await measureAnswers(server.url, (args) => sandbox.kubectl(args));
      const page = tokenCostDocument(await measureLists(server.url), answers);
      await writeFile(PAGE, await format(page, { parser: 'markdown' }));
    } finally {
      await server.stop();
    }
  } finally {
    await sandbox.stop({ purge: true });
  }
}

await main();
