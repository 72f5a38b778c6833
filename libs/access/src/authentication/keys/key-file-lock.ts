import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isNoSuchFile } from '#base';
import { readKeyFile, writeKeyFile, type KeyEntry } from './key-file.js';

/**
 * Changes the keys in a file, which need not be there yet. Of two changes at the same time one is
 * refused, as the other would be lost.
 */
export function changeKeyFile(
  path: string,
  change: (keys: readonly KeyEntry[]) => readonly KeyEntry[],
): void {
  const lock = `${path}.lock`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(lock, 'wx', 0o600));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new Error(
      `Another command changes ${path}. Try again, or delete ${lock} if there is none.`,
      { cause },
    );
  }
  try {
    writeKeyFile(path, change(keysIn(path)));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The keys in a file; none if it is not there. */
export function keysIn(path: string): KeyEntry[] {
  try {
    return readKeyFile(path);
  } catch (error) {
    if (isNoSuchFile(error)) return [];
    throw error;
  }
}
