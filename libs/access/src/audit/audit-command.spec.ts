import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { AuditRecord, CALL, newKey, temporaryFolder } from '../../fixtures/audit-record.js';
import { auditCommand } from './audit-command.js';
import { AuditKey } from './audit-key.js';

async function* all(values: readonly unknown[]): AsyncGenerator<unknown, void> {
  yield* values;
}

const linesOf = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** A record in files and in a database, and the command over them. */
async function stage() {
  const folder = temporaryFolder();
  const keyFile = join(folder, 'audit.key');
  const record = new AuditRecord(AuditKey.open(keyFile));
  const chain = record.chain('one');
  for (let call = 0; call < 5; call++) await chain.append(CALL)!.stored;
  record.sign('end', chain.storedTo);
  const checkpointsFile = join(folder, 'checkpoints.jsonl');
  writeFileSync(checkpointsFile, linesOf(record.checkpoints));
  const run = async (argv: string[], stdinText = '') => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const code = await auditCommand(argv, {
      stdin: Readable.from([Buffer.from(stdinText)]),
      stdout,
      stderr,
      record: () => ({ entries: all(record.entries), checkpoints: all(record.checkpoints) }),
      keyFile,
    });
    stdout.end();
    stderr.end();
    return { code, out: await text(stdout), err: await text(stderr) };
  };
  return { record, folder, keyFile, checkpointsFile, run };
}

describe(auditCommand.name, () => {
  it('checks the database', async () => {
    const { record, run } = await stage();
    const { code, out } = await run(['verify']);
    expect(out).toContain('The record is intact: 5 entries in 1 chains.');
    expect(code).toBe(0);
    record.entries.splice(2, 1);
    const broken = await run(['verify']);
    expect(broken.out).toContain('BROKEN (gap) chain one: Entry 3 is missing: 4 follows 2.');
    expect(broken.code).toBe(1);
  });

  it('checks a file and stdin against checkpoints and a public key', async () => {
    const { record, folder, keyFile, checkpointsFile, run } = await stage();
    const file = join(folder, 'audit.jsonl');
    writeFileSync(file, linesOf(record.entries));
    const options = ['--checkpoints', checkpointsFile, '--key', `${keyFile}.pub`];
    expect(await run(['verify', file, ...options])).toMatchObject({ code: 0 });
    const cut = linesOf(record.entries.slice(0, 4));
    expect(await run(['verify', '-', ...options], cut)).toMatchObject({ code: 1 });
    expect(await run(['verify', '-', ...options], `${cut}{"chain":"o`)).toMatchObject({
      out: expect.stringContaining('BROKEN (unreadable): Line 5') as string,
    });
  });

  it('finds what was cut from the database by a checkpoint that was kept outside', async () => {
    const { record, checkpointsFile, run } = await stage();
    record.entries.length = 3;
    record.checkpoints.length = 1;
    expect(await run(['verify'])).toMatchObject({ code: 0 });
    expect(await run(['verify', '--checkpoints', checkpointsFile])).toMatchObject({ code: 1 });
  });

  it('says what it needs', async () => {
    const { folder, run } = await stage();
    expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining('Usage') });
    expect(await run(['verify', '-'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--checkpoints'),
    });
    expect(await run(['verify', '--key', join(folder, 'none')])).toMatchObject({ code: 2 });
  });

  it('does not take the checkpoints of another server', async () => {
    const { folder, run } = await stage();
    const other = join(folder, 'other.pub');
    writeFileSync(other, newKey().publicKey.export({ type: 'spki', format: 'pem' }));
    const { code, out } = await run(['verify', '--key', other]);
    expect(out).toContain('BROKEN (foreign)');
    expect(code).toBe(1);
  });
});
