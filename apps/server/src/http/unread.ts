import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { Shares } from '#base';
import { ToolError } from '#tools';
import { callerOf } from './caller.js';
import { unreadConfig, type UnreadConfig } from './unread.config.js';

/** Bytes of the smallest answer that is counted. The kernel takes smaller answers at once. */
export const MIN_COUNTED_BYTES = 16 * 1024;
/** Bytes that must be free before a caller may make another call. */
const MIN_ROOM_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 2;

/**
 * Limits how many bytes wait in memory until clients read them. One limit is for a connection, and
 * one is for all connections, of which a caller has its share.
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
   * Refuses a call while too many bytes wait for its caller, or on its connection.
   * @returns a ToolError `busy`, or undefined
   */
  refusalOf(caller: string, client?: Socket): ToolError | undefined {
    const own = client ? (this.ofClient.get(client)?.bytes ?? 0) : 0;
    if (own + MIN_ROOM_BYTES > this.maxBytesPerClient) return busyClient(own);
    return this.shares.hasRoom(caller, MIN_ROOM_BYTES) ? undefined : this.busy(caller);
  }

  /**
   * Takes room for bytes to send.
   * @returns the reason when there is no room: `busy`, or `failed` if there is never that much room
   */
  tryTake(request: IncomingMessage, bytes: number): ToolError | undefined {
    if (bytes > this.maxBytesPerClient) return this.tooLarge(bytes);
    const client = request.socket;
    const own = this.ofClient.get(client) ?? { caller: callerOf(request), bytes: 0 };
    if (own.bytes + bytes > this.maxBytesPerClient) {
      return busyClient(own.bytes);
    }
    if (!this.shares.tryTake(own.caller, bytes)) return this.busy(own.caller);
    own.bytes += bytes;
    this.ofClient.set(client, own);
    return undefined;
  }

  /** Gives room back once the bytes are sent or the client is gone. */
  giveBack(client: Socket, bytes: number): void {
    const own = this.ofClient.get(client);
    if (!own) return;
    this.shares.giveBack(own.caller, bytes);
    own.bytes -= bytes;
    if (own.bytes <= 0) this.ofClient.delete(client);
  }

  private busy(caller: string): ToolError {
    return busy(
      `${inMb(this.shares.heldBy(caller))} of answers wait for this caller to read them.`,
    );
  }

  private tooLarge(bytes: number): ToolError {
    return new ToolError(
      'failed',
      `The answer is too large: it has ${inMb(bytes)}, and the limit for one client is ${inMb(this.maxBytesPerClient)} (MAX_UNREAD_BYTES_PER_CLIENT). Ask for less at a time.`,
    );
  }
}

function busyClient(bytes: number): ToolError {
  return busy(`${inMb(bytes)} of answers wait on this connection.`);
}

function busy(why: string): ToolError {
  const message = `${why} Read them, or try again in ${RETRY_AFTER_SECONDS} s.`;
  return new ToolError('busy', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function inMb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
