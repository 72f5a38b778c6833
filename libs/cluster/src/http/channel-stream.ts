import { Readable, type Duplex } from 'node:stream';
import type { WebSocket } from 'undici';
import { drained } from './wait-for-drain.js';

/**
 * Sub-protocols by which the API server sends several streams over one WebSocket, the best first.
 * The fifth can end a stream (KEP-4006).
 */
export const CHANNEL_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const CLOSE_CHANNEL = 255;
/** Messages that may wait for their reader. Then the API server is made to wait. */
const MAX_WAITING = 16;

/** A piece of one of the streams that share a WebSocket. */
export interface ChannelMessage {
  channel: number;
  data: Buffer;
}

/**
 * The streams of one WebSocket to the API server: the first byte of each message is the number of
 * its stream. Reads as `ChannelMessage`s and ends with the connection, however that ends; a slow
 * reader slows the API server down. `destroy` gives the connection up at once.
 */
export class ChannelStream extends Readable {
  private isFull = false;

  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Duplex,
  ) {
    super({ objectMode: true, highWaterMark: MAX_WAITING });
    webSocket.addEventListener('message', ({ data }) => this.receive(data as ArrayBuffer | string));
    webSocket.addEventListener('close', () => {
      this.push(null);
      this.socket.destroy();
    });
    // undici resumes the socket by itself after it has parsed a piece.
    socket.on('resume', () => {
      if (this.isFull) socket.pause();
    });
  }

  /** Whether the end of a stream can be told to the API server. */
  get canEndChannels(): boolean {
    return this.webSocket.protocol === CHANNEL_PROTOCOLS[0];
  }

  /** Sends a piece. Waits until the connection takes more, or is closed. */
  async send(channel: number, data: Uint8Array): Promise<void> {
    this.webSocket.send(Buffer.concat([Buffer.of(channel), data]));
    await drained(this.socket);
  }

  /** Tells the API server that a stream has ended, where it can be told. */
  endChannel(channel: number): void {
    if (this.canEndChannels) this.webSocket.send(Buffer.of(CLOSE_CHANNEL, channel));
  }

  override _read(): void {
    this.isFull = false;
    this.socket.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  private receive(message: ArrayBuffer | string): void {
    if (typeof message === 'string' || this.destroyed) return;
    const data = Buffer.from(message);
    // The end of a stream carries no data. Its status comes on another stream.
    if (data.length === 0 || data[0] === CLOSE_CHANNEL) return;
    const channelMessage: ChannelMessage = { channel: data[0] ?? 0, data: data.subarray(1) };
    if (!this.push(channelMessage)) {
      this.isFull = true;
      this.socket.pause();
    }
  }
}
