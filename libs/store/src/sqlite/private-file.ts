import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';
import { Logger } from '@nestjs/common';

/** What SQLite puts beside a database. */
const COMPANIONS = ['-wal', '-shm'];
const PRIVATE = 0o600;
/** Bits of a mode: what those do who are not the owner, and what of it is to write. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
/** Only the owner of a file may remove it from such a folder. */
const STICKY = 0o1000;
const ROOT = 0;

/**
 * Makes a database's file, its folder, and what SQLite puts beside it this user's only: what is
 * remembered may be confidential, and whoever could write it could say what this server has done.
 * @throws Error for a file that belongs to somebody else who could write it
 */
export function preparePrivateFile(file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeFolder(folder);
  makePrivate(file);
  for (const path of COMPANIONS.map((suffix) => file + suffix)) {
    if (existsSync(path)) makePrivate(path);
  }
}

function makePrivate(path: string): void {
  const opened = openSync(path, 'a', PRIVATE);
  try {
    const { uid, mode } = fstatSync(opened);
    if (isOurs(uid)) {
      if (mode & OTHERS) fchmodSync(opened, PRIVATE);
    } else if (uid !== ROOT || mode & OTHERS_WRITE) {
      throw new Error(
        `${path} belongs to user ${uid} and this server runs as user ${geteuid?.()}, so others could write it: change its owner, or its mode to 0600`,
      );
    }
  } finally {
    closeSync(opened);
  }
}

/**
 * Takes from others the right to put another file in the place of ours. A folder that is not ours
 * is left as it is.
 */
function closeFolder(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (!(mode & OTHERS_WRITE) || mode & STICKY) return;
  if (isOurs(uid)) return chmodSync(folder, mode & 0o7777 & ~OTHERS_WRITE);
  new Logger('Executions').warn(
    `Others may write to ${folder}, and so put another file in the place of the database. Use a folder of this server's own.`,
  );
}

/**
 * Whether a file of this user belongs to the user of this process; where there are no users,
 * everything does.
 */
function isOurs(uid: number): boolean {
  return geteuid === undefined || uid === geteuid();
}
