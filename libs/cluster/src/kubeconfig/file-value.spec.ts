import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { FileValue, isWholePem } from './file-value.js';

const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';
/** Longer than a value counts, and than a changed file is left alone. */
const LATER_MS = 2_000;

let folder: string;
let path: string;
let warn: MockInstance<Logger['warn']>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-value-'));
  path = join(folder, 'file');
  vi.useFakeTimers({ toFake: ['Date'] });
  warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  vi.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Reads as two calls do that come some time after a change. */
function readLater(value: FileValue): string {
  vi.setSystemTime(Date.now() + LATER_MS);
  value.read();
  vi.setSystemTime(Date.now() + LATER_MS);
  return value.read();
}

describe('FileValue', () => {
  it('reads the file again after it has changed, once the change stands', () => {
    writeFileSync(path, 'first');
    const value = new FileValue(path, 'token');
    expect(value.read()).toBe('first');
    writeFileSync(path, 'second');
    expect(value.read()).toBe('first');
    vi.setSystemTime(Date.now() + LATER_MS);
    expect(value.read()).toBe('first');
    vi.setSystemTime(Date.now() + 200);
    expect(value.read()).toBe('second');
  });

  it('reads it at once where its value was refused', () => {
    writeFileSync(path, 'first');
    const value = new FileValue(path, 'token');
    value.read();
    writeFileSync(path, 'second');
    value.expire();
    expect(value.read()).toBe('second');
  });

  it('keeps the value of a file that is gone, and says so once', () => {
    writeFileSync(path, 'first');
    const value = new FileValue(path, 'token');
    value.read();
    rmSync(path);
    expect([readLater(value), readLater(value)]).toEqual(['first', 'first']);
    expect(value.problem).toBe(
      'token: cannot read its file (ENOENT). Its value before stays in use.',
    );
    expect(warn).toHaveBeenCalledTimes(1);
    writeFileSync(path, 'second');
    expect([readLater(value), value.problem]).toEqual(['second', undefined]);
  });

  it.each([
    ['half of a certificate', PEM, PEM.slice(0, 40)],
    ['nothing', 'abc', ' \n'],
  ])('keeps the value before where there is %s', (_, whole, half) => {
    writeFileSync(path, whole);
    const value = new FileValue(path, 'file', whole === PEM ? isWholePem : undefined);
    value.read();
    writeFileSync(path, half);
    expect(readLater(value)).toBe(whole);
    expect(value.problem).toBe('file: its file is incomplete. Its value before stays in use.');
  });

  it('fails where there was no value', () => {
    const value = new FileValue(path, 'token');
    expect(() => value.read()).toThrow('token: cannot read its file (ENOENT).');
    expect(value.problem).toBeUndefined();
  });
});
