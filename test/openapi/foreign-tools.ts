import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { installedOnce } from '../support/installed-once.js';

const run = promisify(execFile);

const filesOf = (...names: string[]) =>
  names.map((name) => fileURLToPath(new URL(`tools/${name}`, import.meta.url)));

/** Whether this machine has a Python that can make virtual environments. */
export function hasPython(): boolean {
  const needs = 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))';
  return spawnSync('python3', ['-c', needs]).status === 0;
}

/**
 * The folder with the programs of `tools/package.json`. They are no development dependencies: they
 * are 300 packages of 140 MB, and openapi-typescript needs an older TypeScript than the project.
 */
export function nodeTools(): Promise<string> {
  const files = filesOf('package.json', 'package-lock.json');
  return installed('openapi-node', files, async (folder) => {
    for (const file of files) copyFileSync(file, join(folder, file.slice(dirname(file).length)));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['ci', ...quiet], { cwd: folder });
  });
}

/** A Python with what `tools/requirements.txt` lists, in exact versions. */
export async function pythonTools(): Promise<string> {
  const [requirements = ''] = filesOf('requirements.txt');
  const folder = await installed('openapi-python', [requirements], async (fresh) => {
    await run('python3', ['-m', 'venv', fresh]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
    await run(join(fresh, 'bin/python'), ['-m', 'pip', 'install', ...quiet]);
  });
  return join(folder, 'bin/python');
}

/** A folder that later runs find again, as long as the files stay as they are. */
function installed(
  name: string,
  files: readonly string[],
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256');
  for (const file of files) digest.update(readFileSync(file));
  return installedOnce(`${name}-${digest.digest('hex').slice(0, 12)}`, install);
}
