import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LineTarget } from './line-writer.js';

const LINE_BREAK = '\n'.charCodeAt(0);

/**
 * A file that lines are added to. When it is renamed or removed, as by logrotate, the next line
 * goes into a new file of its name.
 */
export class AppendFile implements LineTarget {
  private handle: FileHandle | undefined;
  private isWithinLine = false;

  /** @param name its path */
  constructor(readonly name: string) {}

  async write(bytes: Buffer): Promise<number> {
    const handle = await this.opened();
    const { bytesWritten } = await handle.write(bytes);
    this.isWithinLine = bytes[bytesWritten - 1] !== LINE_BREAK;
    return bytesWritten;
  }

  private async opened(): Promise<FileHandle> {
    if (this.handle && (this.isWithinLine || (await this.isInPlace(this.handle)))) {
      return this.handle;
    }
    await this.handle?.close();
    this.handle = undefined;
    await mkdir(dirname(this.name), { recursive: true, mode: 0o700 });
    const handle = await open(this.name, 'a+', 0o600);
    this.handle = handle;
    // What a server that has crashed has left of its last line.
    if (!(await endsWithLine(handle))) await handle.write('\n');
    return handle;
  }

  private async isInPlace(handle: FileHandle): Promise<boolean> {
    const there = await stat(this.name).catch(() => undefined);
    const { dev, ino } = await handle.stat();
    return there?.ino === ino && there.dev === dev;
  }
}

async function endsWithLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === LINE_BREAK;
}
