import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '#base';
import { besideFile, type Kubeconfig, type KubeconfigEntry } from './kubeconfig.js';

/** Fields of a user that name a file. */
const FILE_FIELDS = ['client-certificate', 'client-key', 'tokenFile'];

/**
 * Runs a plugin without its stderr, which would become that of the program that asks for
 * credentials.
 */
const QUIETLY = 'exec "$0" "$@" 2>/dev/null';

/**
 * Writes a kubeconfig that is to stand before those of some programs, kubectl and helm: the users
 * with a credential plugin, whose words on stderr are left out. They may hold a credential, and a
 * program's stderr is shown. Only the owner may read it.
 * @returns its folder and itself; undefined where no user has a plugin
 */
export function writeQuietPlugins(
  kubeconfig: Kubeconfig,
): { folder: string; file: string } | undefined {
  const users = kubeconfig.entries('users').flatMap(quietUser);
  if (users.length === 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'skyflo-mcp-plugins-'));
  const file = join(folder, 'config');
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Config', users });
  writeFileSync(file, text, { mode: 0o600 });
  return { folder, file };
}

function quietUser({ name, file, fields }: KubeconfigEntry): object[] {
  const { exec } = fields;
  if (!isRecord(exec) || typeof exec['command'] !== 'string') return [];
  const { command, args } = exec;
  const program = command.includes('/') ? besideFile(file, command) : command;
  const rest = Array.isArray(args) ? args.map(String) : [];
  const files = FILE_FIELDS.flatMap((field) => {
    const path = fields[field];
    return typeof path === 'string' && path !== '' ? [[field, besideFile(file, path)]] : [];
  });
  const quiet = { ...exec, command: 'sh', args: ['-c', QUIETLY, program, ...rest] };
  return [{ name, user: { ...fields, ...Object.fromEntries(files), exec: quiet } }];
}
