import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepPrivateFile, readPrivateFile, writePrivateFile } from './private-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-'));
  path = join(folder, 'secret');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a private file', () => {
  it('is only for its owner, whatever stood there before', () => {
    writeFileSync(path, 'old', { mode: 0o644 });
    writePrivateFile(path, 'new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readPrivateFile(path)).toBe('new');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('is made once, in a folder that is made too', () => {
    const deep = join(folder, 'a', 'b', 'secret');
    expect(keepPrivateFile(deep, () => 'first')).toBe('first');
    expect(keepPrivateFile(deep, () => 'second')).toBe('first');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['secret']);
  });

  it('is that of another process if both make it at the same time', () => {
    const make = () => {
      writePrivateFile(path, 'theirs');
      return 'ours';
    };
    expect(keepPrivateFile(path, make)).toBe('theirs');
  });

  it.each([0o604, 0o640, 0o620, 0o602])('of mode %o is refused', (mode) => {
    writeFileSync(path, 'secret');
    chmodSync(path, mode);
    expect(() => readPrivateFile(path)).toThrow(`chmod 600 ${path}`);
  });

  it('of a mounted Secret may be read by the group, and no more', () => {
    writeFileSync(path, 'secret');
    chmodSync(path, 0o440);
    expect(readPrivateFile(path, { mayGroupRead: true })).toBe('secret');
    chmodSync(path, 0o460);
    expect(() => readPrivateFile(path, { mayGroupRead: true })).toThrow('chmod 0440');
    chmodSync(path, 0o444);
    expect(() => readPrivateFile(path, { mayGroupRead: true })).toThrow('Others may read');
  });

  it('is not a folder', () => {
    mkdirSync(path, { mode: 0o700 });
    expect(() => readPrivateFile(path)).toThrow('is not a file');
  });
});
