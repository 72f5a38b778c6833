import { AppendFile } from '../append-file.js';
import type { Checkpoint } from './checkpoint.js';

/** Milliseconds that an address may take to answer. */
const ANSWER_MS = 5_000;

/** A place for checkpoints. Outside of the database, they show what was cut from its end. */
export interface CheckpointSink {
  /** For the log. */
  readonly name: string;
  /** @throws Error if it is not stored; it is then tried again */
  store(checkpoint: Checkpoint): Promise<void>;
}

/** Adds checkpoints to a file, as JSON lines. */
export class FileCheckpointSink implements CheckpointSink {
  readonly name: string;
  private readonly file: AppendFile;
  /** The checkpoint whose line is being written, and what is left of the line. */
  private current: Checkpoint | undefined;
  private rest = Buffer.alloc(0);

  constructor(path: string) {
    this.name = path;
    this.file = new AppendFile(path);
  }

  async store(checkpoint: Checkpoint): Promise<void> {
    // A full disk may have taken one half of a line, which then goes first.
    await this.finish();
    if (this.current === checkpoint) return;
    this.current = checkpoint;
    this.rest = Buffer.from(`${JSON.stringify(checkpoint)}\n`);
    await this.finish();
  }

  private async finish(): Promise<void> {
    while (this.rest.length > 0) {
      this.rest = this.rest.subarray(await this.file.write(this.rest));
    }
  }
}

/** Posts checkpoints to an address, as JSON. */
export class HttpCheckpointSink implements CheckpointSink {
  readonly name: string;

  constructor(private readonly url: string) {
    this.name = new URL(url).origin;
  }

  async store(checkpoint: Checkpoint): Promise<void> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(checkpoint),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${this.name} answered ${response.status}`);
  }
}
