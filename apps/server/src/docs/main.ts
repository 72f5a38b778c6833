import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { DiscoveryService, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { format, resolveConfig } from 'prettier';
import { ToolRegistry } from '#tools';
import { AppModule } from '../app.module.js';
import { documentOf } from '../rest/openapi/document.js';
import { clientSchemas, clientTools } from './client-types.js';
import { configurationDocument, configurationSchema } from './configuration-document.js';
import { floorsDrawing } from './floors-drawing.js';
import { toolsDocument } from './tools-document.js';
import { valuesTable } from './values-document.js';

const ROOT = dirname(findPackageJSON(import.meta.url) ?? '.');

/** What stands between these two lines of a page that is otherwise written by hand. */
const FLOORS_BLOCK = /(?<=<!-- floors -->\n)[^]*(?=<!-- \/floors -->)/;

const VALUES_BLOCK = /(?<=<!-- values -->\n)[^]*(?=<!-- \/values -->)/;

/**
 * Writes what is generated: the tools, the configuration with the schema of its file, the drawing
 * of the architecture and the values of the chart in docs/, and the types of libs/client. With
 * `--check`, only says which of them would change.
 */
async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error'] });
  await app.init();
  const registry = app.get(ToolRegistry);
  const tools = toolsDocument(registry);
  const configuration = configurationDocument(app.get(DiscoveryService));
  const schemas = await clientSchemas(documentOf(app, undefined), registry);
  await app.close();
  const drawing = `\n${floorsDrawing(readdirSync(join(ROOT, 'libs')))}\n\n`;
  const values = await readFile(join(ROOT, 'charts/skyflo-mcp/values.yaml'), 'utf8');
  const table = `\n${valuesTable(values)}\n\n`;
  await update('docs/tools.md', () => tools);
  await update('docs/configuration.md', () => configuration);
  await update('docs/configuration.schema.json', configurationSchema);
  await update('docs/architecture.md', (text) => text.replace(FLOORS_BLOCK, () => drawing));
  await update('docs/install.md', (text) => text.replace(VALUES_BLOCK, () => table));
  await update('libs/client/src/generated/schemas.ts', () => schemas);
  await update('libs/client/src/generated/tools.ts', () => clientTools(registry));
}

async function update(name: string, textFrom: (present: string) => string): Promise<void> {
  const path = join(ROOT, name);
  const present = await readFile(path, 'utf8').catch(() => '');
  const options = { ...(await resolveConfig(path)), filepath: path };
  const text = await format(textFrom(present), options);
  if (text === present) return;
  if (!process.argv.includes('--check')) return writeFile(path, text);
  process.stderr.write(`${name} is not up to date. Run: npm run docs:tools\n`);
  process.exitCode = 1;
}

await main();
