import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock, whileLocked } from './lock.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-lock-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('tryLock', () => {
  it('gives a lock to one holder at a time', () => {
    const file = join(folder, 'made', 'on-the-way', 'lock');
    const first = tryLock(file);
    expect(first).toBeDefined();
    expect(tryLock(file)).toBeUndefined();
    first?.[Symbol.dispose]();
    tryLock(file)?.[Symbol.dispose]();
  });
});

describe('whileLocked', () => {
  it('frees the lock also when the work fails', async () => {
    const file = join(folder, 'lock');
    const lock = tryLock(file) as Disposable;
    await expect(whileLocked(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const again = tryLock(file);
    expect(again).toBeDefined();
    again?.[Symbol.dispose]();
  });
});
