import { statSync, watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** How long a change of a file may go unnoticed. */
const LOOK_EVERY_MS = 1_000;

/** What the names begin with that Kubernetes swaps when it updates a mounted volume (`..data`). */
const SWAPPED = '..';

/** What a path that leads to no file has in place of a state. */
const NO_FILE = 'nothing';

export interface FileWatchOptions {
  /** Milliseconds between two looks at the path. A second unless given. */
  everyMs?: number | undefined;
  /**
   * Whether the operating system is to tell of changes too, so that they are noticed at once. Not
   * for a folder in which much is written, as each write there wakes the server.
   */
  listens?: boolean;
}

/**
 * Notices that a file was changed, replaced, or is gone. It asks for the state of the path, as
 * Kubernetes replaces a mounted file by a symlink, and network file systems tell of no changes.
 * Made before the file is read, it misses no change after that.
 */
export class FileWatch {
  private readonly timer: NodeJS.Timeout;
  private readonly listens: boolean;
  private last: string;
  private events: FSWatcher | undefined;
  private looking: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    private readonly path: string,
    private readonly onChange: () => void,
    { everyMs = LOOK_EVERY_MS, listens = false }: FileWatchOptions = {},
  ) {
    this.listens = listens;
    this.listen();
    this.last = fileState(path);
    this.timer = setInterval(() => void this.poll(), everyMs).unref();
  }

  /** Stops looking at the file. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    this.events?.close();
  }

  private async poll(): Promise<void> {
    const before = this.last;
    await this.look();
    // What was told of nothing may be a folder that has another one in its place.
    if (this.last !== before) this.deafen();
    this.listen();
  }

  private look(): Promise<void> {
    this.looking ??= this.compare().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async compare(): Promise<void> {
    const state = await stat(this.path, { bigint: true }).then(stateOf, () => NO_FILE);
    if (this.isClosed || state === this.last) return;
    this.last = state;
    this.onChange();
  }

  /**
   * Does nothing where the folder is not there, or cannot be watched: the next look tries again.
   */
  private listen(): void {
    if (!this.listens || this.isClosed || this.events) return;
    const name = basename(this.path);
    const heard = (_: string, changed: string | null) => {
      if (changed === null || changed === name || changed.startsWith(SWAPPED)) void this.hear();
    };
    try {
      this.events = watch(dirname(this.path), { persistent: false }, heard);
      this.events.on('error', () => this.deafen());
    } catch {
      this.events = undefined;
    }
  }

  /** A look that is under way may have been too early to see what is told now. */
  private async hear(): Promise<void> {
    await this.looking;
    if (!this.isClosed) await this.look();
  }

  private deafen(): void {
    this.events?.close();
    this.events = undefined;
  }
}

/** A text that is another one whenever the file of a path is another one, or was changed. */
export function fileState(path: string): string {
  try {
    return stateOf(statSync(path, { bigint: true }));
  } catch {
    return NO_FILE;
  }
}

interface Facts {
  ino: bigint;
  size: bigint;
  mode: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

function stateOf({ ino, size, mode, mtimeNs, ctimeNs }: Facts): string {
  return [ino, size, mode, mtimeNs, ctimeNs].join(' ');
}
