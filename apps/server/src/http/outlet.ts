import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { drained } from '#cluster';
import type { ToolError } from '#tools';
import { slicesOf } from './slices.js';
import { MIN_COUNTED_BYTES, type Unread } from './unread.js';

/**
 * Writes one answer in order, and no faster than its client reads. Bytes that wait are held in
 * memory once and count as unread.
 */
export class Outlet {
  private readonly waiting: { bytes: Buffer; counted: number }[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly unread: Unread,
  ) {}

  /** Whether nothing waits to be read. */
  get isIdle(): boolean {
    return !this.writing && this.response.writableLength === 0;
  }

  /**
   * Answers with a whole text.
   * @returns the reason when there is no room for the text, in which case nothing is written
   */
  answer(status: number, headers: OutgoingHttpHeaders, text: string): ToolError | undefined {
    const { response } = this;
    const writeHead = (size: number) =>
      response.writeHead(status, { ...headers, 'content-length': size });
    if (text.length < MIN_COUNTED_BYTES) {
      writeHead(Buffer.byteLength(text)).end(text);
      return undefined;
    }
    const bytes = Buffer.from(text);
    const refusal = this.take(bytes);
    if (refusal) return refusal;
    writeHead(bytes.length);
    this.queue(bytes, bytes.length);
    this.end();
    return undefined;
  }

  /**
   * Writes the next piece of a stream after the pieces before it. The head is written already.
   * @returns the reason when there is no room for the piece
   */
  write(piece: string | Uint8Array): ToolError | undefined {
    const { response } = this;
    if (response.destroyed) return undefined;
    if (this.isIdle && piece.length < MIN_COUNTED_BYTES) {
      response.write(piece);
      return undefined;
    }
    const bytes = asBuffer(piece);
    const refusal = this.take(bytes);
    if (!refusal) this.queue(bytes, bytes.length);
    return refusal;
  }

  /** Writes a short piece that must not get lost, even if there is no room for it. */
  writeAnyway(piece: string): void {
    this.queue(asBuffer(piece), 0);
  }

  /** Resolves once everything written is on its way, or the client is gone. */
  async flushed(): Promise<void> {
    await this.writing;
    await drained(this.response);
  }

  /** Ends the answer after the pieces that wait. */
  end(): void {
    void this.flushed().then(() => this.response.end());
  }

  private take({ length }: Buffer): ToolError | undefined {
    return this.unread.tryTake(this.response.req, length);
  }

  private queue(bytes: Buffer, counted: number): void {
    this.waiting.push({ bytes, counted });
    this.writing ??= this.writeWaiting();
  }

  private async writeWaiting(): Promise<void> {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      for (const slice of slicesOf(next.bytes)) await sent(this.response, slice);
      this.waiting.shift();
      this.unread.giveBack(this.response.req.socket, next.counted);
    }
    this.writing = undefined;
  }
}

/** Writes bytes and waits until the kernel has them or the client is gone. */
function sent(response: ServerResponse, bytes: Buffer): Promise<void> | undefined {
  if (response.destroyed) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      response.off('close', done);
      resolve();
    };
    response.on('close', done);
    response.write(bytes, done);
  });
}

function asBuffer(piece: string | Uint8Array): Buffer {
  return typeof piece === 'string'
    ? Buffer.from(piece)
    : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
