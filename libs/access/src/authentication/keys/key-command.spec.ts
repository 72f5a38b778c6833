import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiKeys } from './api-keys.js';
import { runKeyCommand } from './key-command.js';
import { readKeyFile } from './key-file.js';
import { readPepper } from './pepper.js';

const DAY = 86_400_000;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-command-'));
  file = join(folder, 'state', 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(line: string) {
  const told = { stdout: '', stderr: '' };
  const files = { file, pepperFile: '', stateFolder: join(folder, 'state') };
  const code = runKeyCommand(line.split(' ').filter(Boolean), files, {
    stdout: { write: (text) => (told.stdout += text) },
    stderr: { write: (text) => (told.stderr += text) },
  });
  return { code, ...told };
}

function principalOf(key: string) {
  const pepper = readPepper({ file: '', folder: join(folder, 'state') });
  const keys = new ApiKeys({ file, mayBeMissing: false, pepper });
  try {
    return keys.principalOf(key.trim());
  } finally {
    keys.close();
  }
}

describe('skyflo-mcp key new', () => {
  it('prints a key that says who calls, and keeps no secret of it', () => {
    const { code, stdout, stderr } = run(
      'new --principal agent --groups ops,dev --scopes skyflo:read --expires 12h',
    );
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^skyflo_[0-9A-Za-z]{12}_[\w-]{43}\n$/) as string,
    });
    expect(stderr).toContain('The key of agent');
    const principal = principalOf(stdout);
    expect(principal).toMatchObject({
      name: 'agent',
      groups: ['ops', 'dev'],
      scopes: ['skyflo:read'],
    });
    expect(Math.abs(principal.expiresAt! - Date.now() - DAY / 2)).toBeLessThan(60_000);
    const secret = stdout.trim().slice(-43);
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('makes keys that end after 90 days, or never if told so', () => {
    run('new --principal one');
    run('new --principal two --expires never');
    const [one, two] = readKeyFile(file);
    expect(Math.abs(Date.parse(one!.expires!) - Date.now() - 90 * DAY)).toBeLessThan(60_000);
    expect(two).not.toHaveProperty('expires');
    expect(two).not.toHaveProperty('scopes');
  });

  it.each([
    ['', 'new, list, revoke'],
    ['make', 'new, list, revoke'],
    ['new', '--principal'],
    ['new --principal', '--principal'],
    ['new --principal a --group b', '--group'],
    ['new --principal a --scopes skyflo:all', '"skyflo:all" is no scope'],
    ['new --principal a --expires soon', '--expires soon'],
    ['new --principal a --expires 2020-01-31', '--expires 2020-01-31'],
    ['new --principal a --expires 0d', '--expires 0d'],
    ['revoke', 'one id'],
    ['list all', 'all'],
  ])('tells its usage for "%s"', (line, fault) => {
    const { code, stdout, stderr } = run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(fault);
    expect(stderr).toContain('Usage:');
    expect(existsSync(file)).toBe(false);
  });

  it('changes nothing where another command does, or where the file is wrong', () => {
    run('new --principal one');
    writeFileSync(`${file}.lock`, '');
    expect(run('new --principal two')).toMatchObject({ code: 1, stdout: '' });
    rmSync(`${file}.lock`);
    writeFileSync(file, '{}');
    expect(run('new --principal two')).toMatchObject({ code: 1, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe('{}');
  });
});

describe('skyflo-mcp key list', () => {
  it('shows who has which key, until when, and no secret', () => {
    const { stdout: key } = run('new --principal agent --groups ops --expires 2999-01-31');
    const [, id] = key.split('_');
    expect(
      run('list')
        .stdout.split('\n')
        .map((line) => line.split(/ {3,}/)),
    ).toEqual([
      ['ID', 'PRINCIPAL', 'GROUPS', 'SCOPES', 'EXPIRES'].map((head) =>
        expect.stringContaining(head),
      ),
      [id, 'agent', 'ops', 'any', '2999-01-31T00:00:00.000Z'].map((cell) =>
        expect.stringContaining(cell!),
      ),
      [''],
    ]);
  });

  it('is empty before there is a key', () => {
    expect(run('list')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ID.*\n$/) as string,
    });
  });
});

describe('skyflo-mcp key revoke', () => {
  it('takes a key out, and leaves the others', () => {
    const { stdout: key } = run('new --principal one');
    const { stdout: other } = run('new --principal two');
    expect(run(`revoke ${key.split('_')[1]}`).code).toBe(0);
    expect(() => principalOf(key)).toThrow('not valid here');
    expect(principalOf(other).name).toBe('two');
  });

  it('names the way to find an id that is wrong', () => {
    expect(run('revoke nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('skyflo-mcp key list') as string,
    });
  });
});
