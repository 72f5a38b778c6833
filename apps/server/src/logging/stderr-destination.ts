import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';
import { isoNow } from '#base';
import { readableLine } from './readable-line.js';

/** Milliseconds that a line may wait for other lines. Warnings and errors do not wait. */
const FLUSH_MS = 50;

/** The number that pino gives to the level `warn`. */
const WARN = 40;

/** Bytes that may wait for a reader of stderr. More are dropped, so that memory stays bounded. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Asks pino to set `lastLevel` before each line. */
const NEEDS_METADATA: unique symbol = Symbol.for('pino.metadata') as never;

/**
 * Writes the lines of the log to stderr: stdout belongs to MCP's stdio transport and to what people
 * pipe. Lines go out together, as each write holds up the event loop. What is left goes out when
 * the process ends, also by an error that nobody catches. pino's own destination is not used: at
 * the end of the process it waits without limit for a reader that has stopped reading.
 */
export class StderrDestination implements DestinationStream {
  readonly [NEEDS_METADATA] = true;
  lastLevel = 0;
  private lines = '';
  private timer: NodeJS.Timeout | undefined;
  private isDropping = false;
  /** Gets each line too, as JSON. */
  also: ((line: string) => void) | undefined;

  constructor(private readonly stderr: Writable & { isTTY?: boolean }) {
    process.once('exit', () => this.flush());
  }

  write(line: string): void {
    this.also?.(line);
    this.lines += this.stderr.isTTY ? readableLine(line) : line;
    if (this.lastLevel >= WARN) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.lines;
    this.lines = '';
    if (lines === '') return;
    const isFull = this.stderr.writableLength > MAX_WAITING_BYTES;
    if (!isFull) this.stderr.write(lines);
    else if (!this.isDropping) this.stderr.write(droppedLine());
    this.isDropping = isFull;
  }
}

function droppedLine(): string {
  const time = isoNow();
  const msg = 'Log lines are dropped here because nothing reads stderr.';
  return `${JSON.stringify({ level: 'warn', time, context: 'Log', msg })}\n`;
}
