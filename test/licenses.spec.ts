import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import bundles from '../rolldown.config.js';
import { LICENSES_FILE } from '../rolldown.licenses.js';

const BUILD_LIMIT_MS = 120_000;
/** Licenses that allow what this project does, as long as their texts come with the copies. */
const ALLOWED = /^(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0)$/;

/** The packages that Rolldown puts into the bundles, by name and version. */
async function bundledPackages(): Promise<Set<string>> {
  const packages = new Set<string>();
  for (const { output, ...input } of bundles) {
    const build = await rolldown(input);
    const { output: files } = await build.generate(Array.isArray(output) ? output[0] : output);
    await build.close();
    for (const file of files) {
      for (const id of file.type === 'chunk' ? file.moduleIds : []) {
        if (!id.includes('node_modules')) continue;
        const manifest = manifestOf(id.replace(/^\0/, '').split('?', 1)[0]!);
        packages.add(`${manifest.name} ${manifest.version}`);
      }
    }
  }
  return packages;
}

/** Packages have folders with a package.json of their own, which has no name. */
function manifestOf(path: string): { name: string; version: string } {
  let file = findPackageJSON('.', pathToFileURL(path));
  for (;;) {
    const manifest = JSON.parse(readFileSync(file!, 'utf8')) as { name?: string; version?: string };
    if (manifest.name && manifest.version) return manifest as { name: string; version: string };
    file = findPackageJSON('..', pathToFileURL(file!));
  }
}

it('holds the license of each package in the bundles', { timeout: BUILD_LIMIT_MS }, async () => {
  const text = readFileSync(`dist/bundle/${LICENSES_FILE}`, 'utf8');
  const heads = [...text.matchAll(/^(\S+ \S+)\nLicense: (.*)$/gm)];
  const named = new Set(heads.map(([, name]) => name));
  const bundled = await bundledPackages();
  expect(bundled.size).toBeGreaterThan(100);
  expect([...bundled].filter((name) => !named.has(name))).toEqual([]);
  expect(
    heads.filter(([, , license = '']) => !ALLOWED.test(license)).map(([head]) => head),
  ).toEqual([]);
});
