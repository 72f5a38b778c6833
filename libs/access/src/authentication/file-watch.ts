import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** How long a change of a file may go unnoticed. */
const LOOK_EVERY_MS = 1_000;

/**
 * Notices that a file was changed, replaced, or is gone. It asks for the state of the path, as
 * Kubernetes replaces a mounted file by a symlink, and network file systems tell of no changes.
 * Made before the file is read, it misses no change after that.
 */
export class FileWatch {
  private readonly timer: NodeJS.Timeout;
  private last: string;
  private isClosed = false;

  constructor(
    private readonly path: string,
    private readonly onChange: () => void,
    everyMs = LOOK_EVERY_MS,
  ) {
    this.last = this.stateNow();
    this.timer = setInterval(() => void this.look(), everyMs).unref();
  }

  /** Stops looking at the file. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const state = await stat(this.path, { bigint: true }).then(stateOf, nothing);
    if (this.isClosed || state === this.last) return;
    this.last = state;
    this.onChange();
  }

  private stateNow(): string {
    const facts = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    return facts ? stateOf(facts) : nothing();
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

function nothing(): string {
  return 'nothing';
}
