import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'rolldown';

/** What stands in the bundle's folder beside the programs. */
export const LICENSES_FILE = 'THIRD-PARTY-LICENSES.txt';

interface Manifest {
  name?: string;
  version?: string;
  license?: string;
  repository?: string | { url?: string };
}

/** The text about each package by its name and version. All bundles of a build add to it. */
const packages = new Map<string, string>();

/**
 * Writes the licenses of all packages that the bundles hold, as most licenses ask for. The bundles
 * have no comments.
 * @param others files of packages that are copied and not bundled
 */
export function licenses(...others: string[]): Plugin {
  return {
    name: 'licenses',
    generateBundle(_options, files) {
      const modules = Object.values(files).flatMap((file) =>
        file.type === 'chunk' ? file.moduleIds : [],
      );
      for (const path of [...modules, ...others]) add(packageRootOf(path));
    },
    writeBundle({ dir = '.' }) {
      const texts = [...packages].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
      writeFileSync(join(dir, LICENSES_FILE), [HEAD, ...texts].join(`\n${'-'.repeat(80)}\n\n`));
    },
  };
}

const HEAD = 'Skyflo MCP is licensed under Apache-2.0. It holds these packages of others.\n';

/** The folder of the installed package that a file is in; undefined for files of this project. */
function packageRootOf(path: string): string | undefined {
  const [file = ''] = path.replace(/^\0/, '').split('?', 1);
  return /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+(?=[/\\])/.exec(file)?.[0];
}

function add(root: string | undefined): void {
  if (root === undefined) return;
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const { name = basename(root), version = '', license = 'not named', repository } = manifest;
  const url = typeof repository === 'string' ? repository : repository?.url;
  const texts = readdirSync(root)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(root, file), 'utf8').trim());
  const about = [`${name} ${version}`, `License: ${license}`, ...(url ? [`From: ${url}`] : [])];
  packages.set(`${name} ${version}`, [about.join('\n'), ...texts].join('\n\n') + '\n');
}
