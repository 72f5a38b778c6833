import { readFile, writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { format } from 'prettier';
import { ToolRegistry } from '#tools';
import { AppModule } from '../app.module.js';
import { toolsDocument } from './tools-document.js';

const PATH = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'docs', 'tools.md');

/**
 * Writes docs/tools.md from the registered tools; with `--check`, only says whether it would
 * change.
 */
async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const document = await format(toolsDocument(app.get(ToolRegistry)), { parser: 'markdown' });
  await app.close();
  if (!process.argv.includes('--check')) return writeFile(PATH, document);
  if ((await readFile(PATH, 'utf8').catch(() => '')) !== document) {
    process.stderr.write('docs/tools.md is not up to date. Run: npm run docs:tools\n');
    process.exitCode = 1;
  }
}

await main();
