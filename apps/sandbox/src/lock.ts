import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a lock between processes; undefined when another process holds it. SQLite is used for its
 * file locking alone: the operating system frees the lock when its holder dies, however it dies.
 */
export function tryLock(file: string): Disposable | undefined {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && error.message.includes('locked')) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** Does the work, then frees the lock. */
export async function whileLocked<T>(lock: Disposable, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    lock[Symbol.dispose]();
  }
}
