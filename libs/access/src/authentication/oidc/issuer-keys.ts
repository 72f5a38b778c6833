import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { ToolError } from '#tools';
import { discoverKeys, readKeys } from './issuer-documents.js';

interface Pace {
  /** How often the keys are read when nothing asks for it. */
  refreshMs: number;
  /** The least time between two readings that tokens ask for, failed ones included. */
  cooldownMs: number;
}

const PACE: Pace = { refreshMs: 600_000, cooldownMs: 30_000 };

/**
 * The public keys of an issuer. They are read ahead: a token whose key is known never waits for
 * the issuer, and while it cannot be reached, the known keys stay in force. A key that is not
 * known is looked for once in a while, however many tokens name one.
 */
export class IssuerKeys {
  private readonly logger = new Logger(IssuerKeys.name);
  private readonly timer: NodeJS.Timeout;
  private find: JWTVerifyGetKey | undefined;
  /** Each key as it was read, to notice a change. */
  private known: ReadonlySet<string> = new Set();
  private address: URL | undefined;
  private reading: Promise<void> | undefined;
  private lastReading = -Infinity;

  /** @param onWithdrawn is called when the issuer does not have a key any more */
  constructor(
    private readonly issuer: string,
    private readonly onWithdrawn: () => void,
    private readonly pace: Pace = PACE,
  ) {
    this.timer = setInterval(() => void this.read(), pace.refreshMs).unref();
    void this.read();
  }

  /**
   * The key that a token names, for `jwtVerify`.
   * @throws ToolError `unavailable` if the issuer has never been reached
   */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    const mayRead = this.reading !== undefined || !this.isCoolingDown;
    try {
      if (this.find) return await this.find(header, token);
    } catch (error) {
      if (!mayRead || !(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    if (mayRead) await this.read();
    if (this.find) return this.find(header, token);
    throw new ToolError(
      'unavailable',
      'Tokens cannot be checked now: their issuer cannot be reached. Try again in a minute.',
    );
  };

  /** Stops reading the keys. */
  close(): void {
    clearInterval(this.timer);
  }

  private get isCoolingDown(): boolean {
    return performance.now() - this.lastReading < this.pace.cooldownMs;
  }

  /** Reads the keys, together with whoever does so already. */
  private read(): Promise<void> {
    this.reading ??= this.readOnce().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readOnce(): Promise<void> {
    this.lastReading = performance.now();
    try {
      this.address ??= await discoverKeys(this.issuer);
      const keys = await readKeys(this.address);
      const before = this.known;
      const now = new Set(keys.keys.map((key) => JSON.stringify(key)));
      const isWithdrawn = [...before].some((key) => !now.has(key));
      if (this.find && !isWithdrawn && now.size === before.size) return;
      this.find = createLocalJWKSet(keys);
      this.known = now;
      if (isWithdrawn) this.onWithdrawn();
      this.logger.log({ msg: 'the issuer has other keys', keys: now.size });
    } catch (err) {
      // It may have moved its keys.
      this.address = undefined;
      const inForce = this.find ? 'the known keys stay in force' : 'no token can be checked';
      this.logger.warn({ msg: `cannot read the keys of the issuer; ${inForce}`, err });
    }
  }
}
