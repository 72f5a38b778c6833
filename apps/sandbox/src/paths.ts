import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A sandbox's name becomes a folder and a context name, so it is a DNS label of at most 40
 * characters.
 */
const namePattern = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;

/** A mistake in how the command was called, as against a failure of the sandbox itself. */
export class UsageError extends Error {}

/** The folder of this application's manifests, charts and Go modules, which tsc does not copy. */
export function assetsDir(...path: string[]): string {
  return join(packageRoot(), 'apps', 'sandbox', ...path);
}

/** Where built binaries are kept, one folder per set of Go modules. */
export function cacheDir(...path: string[]): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'skyflo-mcp', 'sandbox', ...path);
}

/**
 * Everything that belongs to one sandbox: state, certificates, kubeconfig, data and logs.
 * @throws UsageError when the name cannot be that of a folder and of a kubeconfig context.
 */
export function stateDir(name: string): string {
  return join(stateBase(), checkName(name));
}

/** Outside the sandbox's own folder, which may be removed while the lock is held. */
export function lockFile(name: string): string {
  return join(stateBase(), '.locks', checkName(name));
}

function stateBase(): string {
  const base = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(base, 'skyflo-mcp', 'sandbox');
}

function checkName(name: string): string {
  if (namePattern.test(name)) return name;
  throw new UsageError(
    `"${name}" cannot name a sandbox: use at most 40 lower-case letters, digits and dashes, beginning and ending with a letter or digit.`,
  );
}

/** The folder of package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('The folder of package.json was not found.');
    folder = parent;
  }
  return folder;
}
