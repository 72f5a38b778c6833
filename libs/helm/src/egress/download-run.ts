import type { Duplex } from 'node:stream';
import type { ToolError } from '#tools';

/** The downloads of one run of a program: what failed, and what is under way. */
export class DownloadRun {
  /** What was refused, or could not be reached, the latest last. */
  readonly failures: ToolError[] = [];
  private readonly streams = new Set<Duplex>();
  private readonly ending = new AbortController();

  /** Aborts when the run ends. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Closes a stream with the run. */
  hold(stream: Duplex): void {
    if (this.streams.has(stream)) return;
    this.streams.add(stream);
    stream.once('close', () => this.streams.delete(stream));
    if (this.signal.aborted) stream.destroy();
  }

  /** Ends what is under way. */
  end(): void {
    this.ending.abort();
    for (const stream of this.streams) stream.destroy();
  }
}
