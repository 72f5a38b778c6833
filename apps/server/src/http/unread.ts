import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { Shares } from '#base';
import { ToolError } from '#tools';
import { callerAt } from './caller.js';
import { unreadConfig, type UnreadConfig } from './unread.config.js';

/** Bytes of an answer from which on it is counted: the kernel takes smaller ones at once. */
export const MIN_COUNTED_BYTES = 16 * 1024;
/** Bytes for which there must be room before a caller may ask for more. */
const MIN_ROOM_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 2;

/**
 * Bounds how many bytes wait in memory until clients read them: for one connection, and for all, of
 * which a caller has its share.
 */
@Injectable()
export class Unread {
  private readonly shares: Shares;
  private readonly ofClient = new Map<Socket, { caller: string; bytes: number }>();
  private readonly maxBytesPerClient: number;

  constructor(@Inject(unreadConfig.KEY) config: UnreadConfig) {
    this.shares = new Shares(config.maxBytes, config.callerPercent);
    this.maxBytesPerClient = Math.min(config.maxBytesPerClient, this.shares.shareOf(''));
  }

  /**
   * Why a caller may not ask for more now: too much waits for it, or on a connection of its own.
   * @returns a ToolError `busy`, or undefined
   */
  refusalOf(caller: string, client?: Socket): ToolError | undefined {
    const own = client ? (this.ofClient.get(client)?.bytes ?? 0) : 0;
    if (own + MIN_ROOM_BYTES > this.maxBytesPerClient) return busyClient(own);
    return this.shares.hasRoom(caller, MIN_ROOM_BYTES) ? undefined : this.busy(caller);
  }

  /**
   * Takes room for bytes that are to be sent.
   * @returns why there is none: `busy`, or `failed` where there never is room for so many
   */
  tryTake(client: Socket, bytes: number): ToolError | undefined {
    if (bytes > this.maxBytesPerClient) return this.tooLarge(bytes);
    const own = this.ofClient.get(client) ?? { caller: callerAt(client.remoteAddress), bytes: 0 };
    if (own.bytes + bytes > this.maxBytesPerClient) {
      return busyClient(own.bytes);
    }
    if (!this.shares.tryTake(own.caller, bytes)) return this.busy(own.caller);
    own.bytes += bytes;
    this.ofClient.set(client, own);
    return undefined;
  }

  /** Gives room back, once the bytes are sent or the client is gone. */
  giveBack(client: Socket, bytes: number): void {
    const own = this.ofClient.get(client);
    if (!own) return;
    this.shares.giveBack(own.caller, bytes);
    own.bytes -= bytes;
    if (own.bytes <= 0) this.ofClient.delete(client);
  }

  private busy(caller: string): ToolError {
    return busy(`${inMb(this.shares.heldBy(caller))} wait for this caller to read them.`);
  }

  private tooLarge(bytes: number): ToolError {
    return new ToolError(
      'failed',
      `The answer has ${inMb(bytes)}, and at most ${inMb(this.maxBytesPerClient)} may wait for a client to read them (MAX_UNREAD_BYTES_PER_CLIENT). Ask for less at a time.`,
    );
  }
}

function busyClient(bytes: number): ToolError {
  return busy(`${inMb(bytes)} wait on this connection to be read.`);
}

function busy(why: string): ToolError {
  const message = `Answers of ${why} Read them, or try again in ${RETRY_AFTER_SECONDS} s.`;
  return new ToolError('busy', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function inMb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
