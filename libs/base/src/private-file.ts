import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isNoSuchFile } from './no-such-file.js';

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;

/** The same without reading by the group, by which Kubernetes gives a pod its Secrets. */
const OTHERS_BUT_GROUP_READ = 0o037;

interface Reading {
  /** For files that somebody else provides, such as a Secret that is mounted. */
  mayGroupRead?: boolean;
}

/**
 * The text of a file that nobody else may read.
 * @throws Error if others may, or if the file is another user's or no regular file
 */
export function readPrivateFile(path: string, { mayGroupRead = false }: Reading = {}): string {
  // Does not wait for a writer where the path is a pipe.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { mode, uid } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new Error(`${path} is not a file.`);
    if ((mode & (mayGroupRead ? OTHERS_BUT_GROUP_READ : OTHERS)) !== 0) {
      throw new Error(
        `Others may read or write ${path}, which holds a secret. Delete it, or make sure that ` +
          `nobody has read it and run: chmod ${mayGroupRead ? '0440' : '600'} ${path}`,
      );
    }
    const isOwn = uid === process.getuid?.() || uid === 0;
    if (!isOwn) throw new Error(`${path} belongs to another user. Delete it.`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Writes a file of mode 0600 in one step: readers see what was before, or all of it. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = writeTemporary(path, text);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * The text of a private file, which is made at first. Of several processes that make it at the
 * same time, all get what one of them has made.
 */
export function keepPrivateFile(path: string, make: () => string): string {
  try {
    return readPrivateFile(path);
  } catch (error) {
    if (!isNoSuchFile(error)) throw error;
  }
  makePrivateFile(path, make());
  return readPrivateFile(path);
}

/** Makes a file of mode 0600 in one step, unless another process has made it by then. */
export function makePrivateFile(path: string, text: string): void {
  const temporary = writeTemporary(path, text);
  try {
    // Unlike a rename, a link does not replace what another process has made.
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeTemporary(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}
