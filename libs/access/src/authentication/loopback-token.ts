import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { keepPrivateFile } from '#base';
import type { Principal } from '#tools';
import { LOOPBACK } from './principals.js';
import { refused } from './refusal.js';

/** How every token of this kind starts, so that scanners find one that was published. */
export const LOOPBACK_TOKEN_PREFIX = 'skyflo_local_';

const FORM = new RegExp(`^${LOOPBACK_TOKEN_PREFIX}[\\w-]{43}$`);

const OWN_ADDRESS = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/;

/**
 * The token for callers on this machine: 256 random bits in a file that only the user of the
 * server can read. Other programs and web pages can reach the port too, but not the file.
 */
export class LoopbackToken {
  private readonly bytes: Buffer;

  private constructor(
    readonly value: string,
    readonly file: string,
  ) {
    this.bytes = Buffer.from(value);
  }

  /**
   * The token of a state folder, which is made at the first start. Later starts take the same one,
   * so that clients need not be set up again. Delete the file to get another.
   * @throws Error if others may read the file, or if it holds something else
   */
  static in(folder: string): LoopbackToken {
    const file = join(folder, 'loopback-token');
    const value = keepPrivateFile(file, makeToken).trim();
    if (!FORM.test(value)) {
      throw new Error(`${file} holds no token. Delete it, and the next start makes one.`);
    }
    return new LoopbackToken(value, file);
  }

  /** @throws ToolError for another token, and for callers from another machine */
  principalOf(token: string, { remoteAddress }: Pick<Socket, 'remoteAddress'>): Principal {
    const given = Buffer.from(token);
    const isEqual = given.length === this.bytes.length && timingSafeEqual(given, this.bytes);
    if (!isEqual) throw refused('another loopback token');
    // A Unix socket has no address, and is on this machine.
    if (remoteAddress !== undefined && !OWN_ADDRESS.test(remoteAddress)) {
      throw refused(`the loopback token, from ${remoteAddress}`);
    }
    return LOOPBACK;
  }
}

function makeToken(): string {
  return LOOPBACK_TOKEN_PREFIX + randomBytes(32).toString('base64url');
}
