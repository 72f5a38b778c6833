import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { orAfter } from '#base';

/** Characters that may wait for a slow reader or disk. Further lines are dropped. */
const MAX_WAITING_CHARS = 8_000_000;
/** Milliseconds after which a write that failed is tried again. */
const RETRY_MS = 1_000;
/** Milliseconds that the last lines get when the server ends. */
const CLOSE_MS = 2_000;

/** Where lines go. */
export interface LineTarget {
  /** For the log. */
  readonly name: string;
  /**
   * Takes as many bytes as it can. The next call begins with the first that it has not taken.
   * @throws Error if it has taken none
   */
  write(bytes: Buffer): Promise<number>;
}

/**
 * Writes lines in the background, those that wait together. Nobody waits for it: what a slow disk
 * does not take within the bound is dropped, and the log says how many lines.
 */
export class LineWriter {
  private readonly logger = new Logger('Audit');
  private waiting: string[] = [];
  private waitingChars = 0;
  private dropped = 0;
  private writing: Promise<void> | undefined;
  private isFailing = false;
  private isClosing = false;

  constructor(private readonly target: LineTarget) {}

  /** @param line without its line break */
  write(line: string): void {
    if (this.waitingChars + line.length > MAX_WAITING_CHARS) {
      if (this.dropped === 0) this.tell('Lines are dropped, because too many wait.');
      this.dropped++;
      return;
    }
    this.waiting.push(line);
    this.waitingChars += line.length;
    this.writing ??= this.run();
  }

  /** Waits until the lines are written, for two seconds at most. */
  async close(): Promise<void> {
    this.isClosing = true;
    if (this.writing) await orAfter(CLOSE_MS, this.writing);
    if (this.waitingChars > 0) this.tell('The last lines are not written.');
  }

  private async run(): Promise<void> {
    // The lines of one turn of the event loop go together.
    await sleep(0);
    let rest: Buffer = Buffer.alloc(0);
    let chars = 0;
    while (rest.length > 0 || this.waiting.length > 0) {
      if (rest.length === 0) {
        rest = Buffer.from(`${this.waiting.join('\n')}\n`);
        chars = this.waitingChars;
        this.waiting = [];
      }
      try {
        rest = rest.subarray(await this.target.write(rest));
        if (rest.length === 0) this.written(chars);
      } catch (error) {
        if (this.isClosing) return;
        if (!this.isFailing) this.tell('Lines cannot be written. They are tried again.', error);
        this.isFailing = true;
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
    this.writing = undefined;
  }

  private written(chars: number): void {
    this.waitingChars -= chars;
    if (this.dropped > 0) this.tell(`Lines are written again. ${this.dropped} were dropped.`);
    this.dropped = 0;
    this.isFailing = false;
  }

  private tell(msg: string, err?: unknown): void {
    this.logger.warn({ msg, place: this.target.name, ...(err !== undefined && { err }) });
  }
}
