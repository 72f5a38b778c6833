import { createSecretKey } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiKeyText, digestOf, makeApiKey } from './api-key.js';
import { ApiKeys } from './api-keys.js';
import { writeKeyFile, type KeyEntry } from './key-file.js';

Logger.overrideLogger(false);

const PEPPER = createSecretKey(Buffer.alloc(32, 'p'));
const LOOK_EVERY_MS = 20;

let folder: string;
let file: string;
const opened: ApiKeys[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  file = join(folder, 'keys.json');
});
afterEach(() => {
  for (const keys of opened.splice(0)) keys.close();
  rmSync(folder, { recursive: true });
});

function open({ pepper = PEPPER, mayBeMissing = false, path = file } = {}): ApiKeys {
  const keys = new ApiKeys({ file: path, mayBeMissing, pepper }, LOOK_EVERY_MS);
  opened.push(keys);
  return keys;
}

function entry(more: Partial<KeyEntry> = {}): { text: string; entry: KeyEntry } {
  const key = makeApiKey();
  const sha256 = digestOf(key.secret, PEPPER).toString('hex');
  const { id } = key;
  return {
    text: apiKeyText(key),
    entry: { id, principal: 'agent', groups: ['ops'], sha256, ...more },
  };
}

describe('ApiKeys', () => {
  it('say who calls', () => {
    const scopes = ['skyflo:read'];
    const one = entry({ scopes, expires: '2999-01-01T00:00:00Z' });
    writeKeyFile(file, [one.entry]);
    expect(open().principalOf(one.text)).toEqual({
      id: `key:${one.entry.id}`,
      name: 'agent',
      groups: ['ops'],
      scopes,
      expiresAt: Date.parse('2999-01-01T00:00:00Z'),
    });
  });

  it('may be several of one principal, so that one can follow another', () => {
    const [old, next] = [entry(), entry()];
    writeKeyFile(file, [old.entry, next.entry]);
    const keys = open();
    expect([old, next].map(({ text }) => keys.principalOf(text).name)).toEqual(['agent', 'agent']);
  });

  it('are refused with a secret of another key, an unknown id, and a foreign pepper', () => {
    const [one, other] = [entry(), entry()];
    writeKeyFile(file, [one.entry, other.entry]);
    const secret = other.text.slice(-43);
    const keys = open();
    for (const text of [one.text.slice(0, -43) + secret, entry().text]) {
      expect(() => keys.principalOf(text)).toThrow('not valid here');
    }
    const foreign = open({ pepper: createSecretKey(Buffer.alloc(32, 'q')) });
    expect(() => foreign.principalOf(one.text)).toThrow('not valid here');
  });

  it('are refused with a wrong length', () => {
    const { text, entry: one } = entry();
    writeKeyFile(file, [one]);
    const keys = open();
    const wrong = [text.slice(0, -1), `${text}A`, 'skyflo_', `skyflo_${one.id}`, `${text}\n`];
    for (const each of [...wrong, text + 'A'.repeat(1_000_000)]) {
      expect(() => keys.principalOf(each)).toThrow('not valid here');
    }
  });

  it('end when they expire', () => {
    const one = entry({ expires: new Date(Date.now() - 1).toISOString() });
    writeKeyFile(file, [one.entry]);
    expect(() => open().principalOf(one.text)).toThrow('has expired');
  });
});

describe('the file of API keys', () => {
  it('is read again when it changes: one key more, then one less', async () => {
    const [first, second] = [entry(), entry()];
    writeKeyFile(file, [first.entry]);
    const keys = open();
    expect(() => keys.principalOf(second.text)).toThrow('not valid here');
    writeKeyFile(file, [first.entry, second.entry]);
    await vi.waitFor(() => expect(keys.principalOf(second.text).name).toBe('agent'), 5_000);
    writeKeyFile(file, [second.entry]);
    await vi.waitFor(() => expect(() => keys.principalOf(first.text)).toThrow(), 5_000);
  });

  it('has the rights that a key has now, and leaves other principals as they are', async () => {
    const one = entry();
    writeKeyFile(file, [one.entry]);
    const keys = open();
    const principal = keys.principalOf(one.text);
    const stranger = { id: one.entry.id, name: 'stranger', groups: [] };
    writeKeyFile(file, [{ ...one.entry, groups: [], scopes: ['skyflo:read'] }]);
    await vi.waitFor(
      () => expect(keys.renewed(principal)).toMatchObject({ groups: [], scopes: ['skyflo:read'] }),
      5_000,
    );
    expect(keys.renewed(stranger)).toBe(stranger);
    writeKeyFile(file, []);
    await vi.waitFor(() => expect(keys.size).toBe(0), 5_000);
    expect(keys.renewed(principal)).toBe(principal);
  });

  it('is read again when it is mounted anew, behind a symlink', async () => {
    const [first, second] = [entry(), entry()];
    writeKeyFile(join(folder, 'one'), [first.entry]);
    writeKeyFile(join(folder, 'two'), [second.entry]);
    symlinkSync(join(folder, 'one'), file);
    const keys = open();
    rmSync(file);
    symlinkSync(join(folder, 'two'), file);
    await vi.waitFor(() => expect(keys.principalOf(second.text).name).toBe('agent'), 5_000);
  });

  it.each([
    ['wrong', () => writeFileSync(file, '{"keys": [{"id": "short"}]}')],
    ['gone', () => rmSync(file)],
    ['open to others', () => chmodSync(file, 0o666)],
  ])('leaves the keys before in force while it is %s, and says so', async (_, spoil) => {
    const one = entry();
    writeKeyFile(file, [one.entry]);
    const keys = open({ mayBeMissing: true });
    const said = vi.spyOn(Logger.prototype, 'error');
    spoil();
    await vi.waitFor(
      () =>
        expect(said).toHaveBeenCalledWith(
          expect.objectContaining({ msg: 'the API keys before stay in force', keys: 1 }),
        ),
      5_000,
    );
    said.mockRestore();
    expect(keys.principalOf(one.text).name).toBe('agent');
  });

  it('may come later, if no setting names it', async () => {
    const keys = open({ mayBeMissing: true });
    expect(keys.size).toBe(0);
    const one = entry();
    writeKeyFile(file, [one.entry]);
    await vi.waitFor(() => expect(keys.principalOf(one.text).name).toBe('agent'), 5_000);
    expect(() => open({ path: join(folder, 'none') })).toThrow('skyflo-mcp key new');
  });

  it.each<[object, string]>([
    [{ id: 'short' }, '"id"'],
    [{ principal: 'two\nlines' }, '"principal"'],
    [{ groups: 'ops' }, '"groups"'],
    [{ scopes: [7] }, '"scopes"'],
    [{ expires: 'soon' }, '"expires"'],
    [{ sha256: 'ABC' }, '"sha256"'],
    [{ expire: '2030-01-01' }, 'unknown field "expire"'],
  ])('is refused with %o', (more, fault) => {
    writeKeyFile(file, [{ ...entry().entry, ...more }]);
    expect(open).toThrow(`${file}: keys[0]`);
    expect(open).toThrow(fault);
  });

  it('is refused with one id twice, and with what is no JSON', () => {
    const one = entry().entry;
    writeKeyFile(file, [one, one]);
    expect(open).toThrow('keys[1] has an id twice');
    writeFileSync(file, 'keys:');
    expect(open).toThrow('is not JSON');
    writeFileSync(file, '[]');
    expect(open).toThrow('is not of the form');
  });
});
