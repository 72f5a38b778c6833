import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoopbackToken } from './loopback-token.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'loopback-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const HERE = { remoteAddress: '127.0.0.1' };

describe('LoopbackToken', () => {
  it('is the same after a restart, and another one after its file is deleted', () => {
    const { value, file } = LoopbackToken.in(folder);
    expect(value).toMatch(/^skyflo_local_[\w-]{43}$/);
    expect(LoopbackToken.in(folder).value).toBe(value);
    rmSync(file);
    expect(LoopbackToken.in(folder).value).not.toBe(value);
  });

  it.each([['127.0.0.1'], ['127.8.9.1'], ['::1'], ['::ffff:127.0.0.1'], [undefined]])(
    'is taken from %s',
    (remoteAddress) => {
      const token = LoopbackToken.in(folder);
      expect(token.principalOf(token.value, { remoteAddress })).toMatchObject({ id: 'loopback' });
    },
  );

  it.each([['10.0.0.1'], ['::ffff:10.127.0.0'], ['fe80::1'], ['127.0.0.1.example']])(
    'is not taken from %s',
    (remoteAddress) => {
      const token = LoopbackToken.in(folder);
      expect(() => token.principalOf(token.value, { remoteAddress })).toThrow('not valid here');
    },
  );

  it('is not taken if one character differs, or one more follows', () => {
    const token = LoopbackToken.in(folder);
    const last = token.value.endsWith('A') ? 'B' : 'A';
    for (const other of [token.value.slice(0, -1) + last, `${token.value}A`, '']) {
      expect(() => token.principalOf(other, HERE)).toThrow('not valid here');
    }
  });

  it('is not read from a file that others can read, nor from one with another content', () => {
    const { file } = LoopbackToken.in(folder);
    chmodSync(file, 0o644);
    expect(() => LoopbackToken.in(folder)).toThrow('Others may read');
    chmodSync(file, 0o600);
    writeFileSync(file, '');
    expect(() => LoopbackToken.in(folder)).toThrow('holds no token');
  });
});
