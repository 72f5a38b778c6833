import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

const manifest = readFileSync(findPackageJSON(import.meta.url) ?? 'package.json', 'utf8');

/** The version of this server, as its package.json says. */
export const VERSION = (JSON.parse(manifest) as { version: string }).version;
