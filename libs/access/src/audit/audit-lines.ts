import { fstatSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { AppendFile } from './append-file.js';
import type { AuditEntry } from './audit-entry.js';
import { canonicalJson } from './canonical-json.js';
import { LineWriter, type LineTarget } from './line-writer.js';

const STDOUT = '-';
const STDOUT_FD = 1;

/** Entries as JSON lines, beside the database, for whoever collects logs. */
export class AuditLines {
  private readonly writer: LineWriter;

  /** @param file its path, or `-` for stdout */
  constructor(file: string) {
    this.writer = new LineWriter(file === STDOUT ? stdoutTarget() : new AppendFile(file));
  }

  /** Returns at once; see `LineWriter`. */
  write(entry: AuditEntry): void {
    this.writer.write(canonicalJson(entry));
  }

  /** Waits until the entries are written, for two seconds at most. */
  close(): Promise<void> {
    return this.writer.close();
  }
}

function stdoutTarget(): LineTarget {
  // `process.stdout` would hold up the event loop where it is a file.
  if (fstatSync(STDOUT_FD).isFile()) return { name: 'stdout', write: writeToRedirect };
  // Without a listener, a reader that goes away would end the server. Each write tells of it too.
  process.stdout.on('error', () => undefined);
  return { name: 'stdout', write: writeToStdout };
}

function writeToStdout(bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
  });
}

async function writeToRedirect(bytes: Buffer): Promise<number> {
  const { bytesWritten } = await writeSome(STDOUT_FD, bytes);
  return bytesWritten;
}

const writeSome = promisify(write);
