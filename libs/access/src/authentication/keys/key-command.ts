import { isHelp, nearestHint, nearestNames, readOptions, UsageError } from '#base';
import { apiKeyText, digestOf, makeApiKey } from './api-key.js';
import { isWord, type KeyEntry } from './key-file.js';
import { expiryOf } from './key-expiry.js';
import { changeKeyFile, keysIn } from './key-file-lock.js';
import { readPepper } from './pepper.js';
import { SCOPES } from '../scopes.js';

const USAGE = `Usage:
  skyflo-mcp key new --principal NAME [--groups a,b] [--scopes ${SCOPES[0]},${SCOPES[1]}] [--expires 90d]
  skyflo-mcp key list
  skyflo-mcp key revoke ID

--expires takes a time such as 12h or 90d, a date such as 2030-01-31, or "never". Default: 90d.
`;

const DEFAULT_EXPIRY = '90d';

/** Where keys are kept. */
export interface KeyFiles {
  /** The file of keys. */
  file: string;
  /** The file of the pepper; empty for the one in the folder. */
  pepperFile: string;
  stateFolder: string;
}

interface Output {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/**
 * Runs `skyflo-mcp key …`: makes, lists and revokes API keys. A running server takes up the change.
 * @param args what follows the word `key`
 * @returns the exit code: 2 for a wrong command line, 1 for any other failure
 */
export function runKeyCommand(args: readonly string[], files: KeyFiles, output: Output): number {
  if (args.some(isHelp)) {
    output.stdout.write(USAGE);
    return 0;
  }
  const [verb, ...rest] = args;
  const run = verb === undefined ? undefined : VERBS.get(verb);
  try {
    if (!run) throw wrongVerb(verb);
    run(rest, files, output);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    output.stderr.write(`${(error as Error).message}\n${isUsage ? `\n${USAGE}` : ''}`);
    return isUsage ? 2 : 1;
  }
}

type Verb = (args: string[], files: KeyFiles, output: Output) => void;

const VERBS = new Map<string, Verb>([
  ['new', makeKey],
  ['list', listKeys],
  ['revoke', revokeKey],
]);

function makeKey(args: string[], files: KeyFiles, { stdout, stderr }: Output): void {
  const text = { type: 'string' } as const;
  const { values } = readOptions({
    args,
    options: { principal: text, groups: text, scopes: text, expires: text },
  });
  const { principal = '', expires = DEFAULT_EXPIRY } = values;
  if (!isWord(principal)) throw new UsageError('--principal needs the name of who will call.');
  const groups = listOf(values.groups);
  if (!groups.every(isWord)) throw new UsageError('--groups needs names, joined by commas.');
  const scopes = values.scopes === undefined ? undefined : listOf(values.scopes);
  const strange = scopes?.find((scope) => !SCOPES.some((known) => known === scope));
  if (strange !== undefined) {
    throw new UsageError(`"${strange}" is no scope. The scopes are ${SCOPES.join(', ')}.`);
  }
  const until = expiryOf(expires, Date.now());
  if (until === undefined) throw new UsageError(`--expires ${expires} is no time to come.`);

  const key = makeApiKey();
  const pepper = readPepper({ file: files.pepperFile, folder: files.stateFolder });
  const entry: KeyEntry = {
    id: key.id,
    principal,
    groups,
    scopes,
    expires: until === Infinity ? undefined : new Date(until).toISOString(),
    sha256: digestOf(key.secret, pepper).toString('hex'),
  };
  changeKeyFile(files.file, (keys) => [...keys, entry]);
  stdout.write(`${apiKeyText(key)}\n`);
  stderr.write(
    `The key of ${principal}, until ${entry.expires ?? 'it is revoked'}. It is shown only now. ` +
      `Send it as: Authorization: Bearer KEY\n`,
  );
}

function listKeys(args: string[], { file }: KeyFiles, { stdout }: Output): void {
  readOptions({ args, options: {} });
  const head = ['ID', 'PRINCIPAL', 'GROUPS', 'SCOPES', 'EXPIRES'];
  const rows = keysIn(file).map(({ id, principal, groups, scopes, expires }) => [
    id,
    principal,
    groups.join(',') || '-',
    scopes?.join(',') ?? 'any',
    expires === undefined ? 'never' : whenOf(expires),
  ]);
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table) {
    stdout.write(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('   ')
        .trimEnd(),
    );
    stdout.write('\n');
  }
}

function revokeKey(args: string[], { file }: KeyFiles, { stdout }: Output): void {
  const [id, ...more] = readOptions({ args, allowPositionals: true }).positionals;
  if (id === undefined || more.length > 0) throw new UsageError('"key revoke" needs one id.');
  changeKeyFile(file, (keys) => {
    const rest = keys.filter((key) => key.id !== id);
    if (rest.length < keys.length) return rest;
    throw new Error(`There is no key "${id}" in ${file}. List them with: skyflo-mcp key list`);
  });
  stdout.write(`revoked ${id}\n`);
}

function whenOf(expires: string): string {
  return Date.parse(expires) > Date.now() ? expires : `${expires} (ended)`;
}

function listOf(names = ''): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function wrongVerb(verb = ''): UsageError {
  const verbs = [...VERBS.keys()];
  const nearest = nearestHint(nearestNames(verb, verbs));
  return new UsageError(`"key" is followed by one of ${verbs.join(', ')}.${nearest}`);
}
