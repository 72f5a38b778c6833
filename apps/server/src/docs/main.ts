import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { DiscoveryService, NestFactory } from '@nestjs/core';
import { format, resolveConfig } from 'prettier';
import { ToolRegistry } from '#tools';
import { AppModule } from '../app.module.js';
import { configurationDocument } from './configuration-document.js';
import { floorsDrawing } from './floors-drawing.js';
import { toolsDocument } from './tools-document.js';
import { valuesTable } from './values-document.js';

const ROOT = dirname(findPackageJSON(import.meta.url) ?? '.');

/** What stands between these two lines of a page that is otherwise written by hand. */
const FLOORS_BLOCK = /(?<=<!-- floors -->\n)[^]*(?=<!-- \/floors -->)/;

const VALUES_BLOCK = /(?<=<!-- values -->\n)[^]*(?=<!-- \/values -->)/;

/**
 * Writes the generated documents in docs/: the tools, the configuration, the drawing in the
 * architecture, and the values of the chart. With `--check`, only says which of them would change.
 */
async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const tools = toolsDocument(app.get(ToolRegistry));
  const configuration = configurationDocument(app.get(DiscoveryService));
  await app.close();
  const drawing = `\n${floorsDrawing(readdirSync(join(ROOT, 'libs')))}\n\n`;
  await update('tools.md', () => tools);
  await update('configuration.md', () => configuration);
  await update('architecture.md', (text) => text.replace(FLOORS_BLOCK, () => drawing));
  const values = await readFile(join(ROOT, 'charts/skyflo-mcp/values.yaml'), 'utf8');
  const table = `\n${valuesTable(values)}\n\n`;
  await update('install.md', (text) => text.replace(VALUES_BLOCK, () => table));
}

async function update(name: string, documentFrom: (present: string) => string): Promise<void> {
  const path = join(ROOT, 'docs', name);
  const present = await readFile(path, 'utf8').catch(() => '');
  const document = await format(documentFrom(present), {
    ...(await resolveConfig(path)),
    parser: 'markdown',
  });
  if (document === present) return;
  if (!process.argv.includes('--check')) return writeFile(path, document);
  process.stderr.write(`docs/${name} is not up to date. Run: npm run docs:tools\n`);
  process.exitCode = 1;
}

await main();
