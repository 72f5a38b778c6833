import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { isHelp, nearestHint, nearestNames, readOptions, UsageError } from '#base';
import { readPublicKeys, type PublicKeys } from './audit-key.js';
import type { ChainReport } from './verify/chain-check.js';
import { readJsonLines } from './json-lines.js';
import { verifyAudit, type AuditReport } from './verify/verify-audit.js';

/** What the command reads where its arguments do not say it, and where it writes. */
export interface AuditCommandContext {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The record of this server. Its chains may be mixed, each in its order. */
  readonly record: () => {
    readonly entries: AsyncIterable<unknown>;
    readonly checkpoints: AsyncIterable<unknown>;
  };
  /** The file with the key of this server. */
  readonly keyFile: string;
}

const INTACT = 0;
const BROKEN = 1;
const CANNOT_TELL = 2;

const USAGE = `Usage: skyflo-mcp audit verify [FILE] [--checkpoints FILE]... [--key FILE]...

Checks that no entry of the audit was changed, removed, added or put in another place.

  FILE                the entries as JSON lines, or - for stdin; otherwise those of the database
  --checkpoints FILE  checkpoints as JSON lines, beside those of the database; a FILE needs it
  --key FILE          a public key, or several one after the other; otherwise that of this server
`;

/**
 * `skyflo-mcp audit`.
 * @param argv what follows `audit`
 * @returns the exit code: 0 for an intact record, 1 for a broken one, 2 if that cannot be told
 */
export async function auditCommand(
  argv: readonly string[],
  context: AuditCommandContext,
): Promise<number> {
  if (argv.some(isHelp)) {
    context.stdout.write(USAGE);
    return INTACT;
  }
  try {
    const report = await verify(argv, context);
    context.stdout.write(textOf(report));
    return report.isIntact ? INTACT : BROKEN;
  } catch (error) {
    context.stderr.write(`${(error as Error).message}\n`);
    return CANNOT_TELL;
  }
}

async function verify(
  argv: readonly string[],
  { stdin, record, keyFile }: AuditCommandContext,
): Promise<AuditReport> {
  const { positionals, values } = readOptions({
    args: [...argv],
    allowPositionals: true,
    options: {
      checkpoints: { type: 'string', multiple: true, default: [] },
      key: { type: 'string', multiple: true, default: [keyFile] },
    },
  });
  const [command, file, ...more] = positionals;
  if (command !== 'verify' || more.length > 0) {
    const nearest = nearestHint(nearestNames(command ?? '', ['verify'])).trimStart();
    throw new UsageError([nearest, USAGE].filter(Boolean).join('\n'));
  }
  const publicKeys: PublicKeys = new Map(values.key.flatMap((path) => [...readPublicKeys(path)]));
  if (file === undefined) {
    const { entries, checkpoints } = record();
    return verifyAudit(entries, allOf(checkpoints, values.checkpoints), publicKeys);
  }
  if (values.checkpoints.length === 0) {
    throw new Error(
      'Give --checkpoints FILE too: without them nothing shows that the whole record was not made anew.',
    );
  }
  const entries = readJsonLines(file === '-' ? stdin : createReadStream(file));
  return verifyAudit(entries, allOf([], values.checkpoints), publicKeys);
}

async function* allOf(
  first: AsyncIterable<unknown> | Iterable<unknown>,
  files: readonly string[],
): AsyncGenerator<unknown, void> {
  yield* first;
  for (const file of files) yield* readJsonLines(createReadStream(file));
}

function textOf({ isIntact, entries, chains, breaks }: AuditReport): string {
  const lines = chains.flatMap(linesOf);
  for (const { kind, chain, says } of breaks) {
    lines.push(`BROKEN (${kind})${chain === undefined ? '' : ` chain ${chain}`}: ${says}`);
  }
  const whole = `${entries} entries in ${chains.length} chains`;
  lines.push(isIntact ? `The record is intact: ${whole}.` : `The record is broken: ${whole}.`);
  return `${lines.join('\n')}\n`;
}

function linesOf(report: ChainReport): string[] {
  const { chain, entries, first, last, signed, clockSetBack, clockSetBackAt } = report;
  const range = first === undefined ? 'no entries' : `entries ${first} to ${last} (${entries})`;
  const end = signed ? `signed to ${signed.seq} at ${signed.time}` : 'not signed';
  const lines = [`chain ${chain}: ${range}, ${end}`];
  if (clockSetBack > 0) {
    lines.push(
      `  note: the clock was set back ${clockSetBack} times, first before entry ${clockSetBackAt}`,
    );
  }
  return lines;
}
