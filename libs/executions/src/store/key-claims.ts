import { Injectable } from '@nestjs/common';
import { isRowRefused } from '#store';
import type { KeyHolder } from './batch.js';
import { ExecutionDatabase } from './database.js';
import type { ExecutionRow } from './schema.js';

/** Claims that go together: each holds an index of the database for a moment. */
const ROWS_PER_BATCH = 200;
/** More attempts than the holder of a key can be forgotten in between. */
const MAX_TRIES = 3;

interface Claim extends PromiseWithResolvers<KeyHolder> {
  row: ExecutionRow;
  /** After this time nobody waits for it, by `performance.now()`. */
  endMs: number;
  tries: number;
}

/** Claims idempotency keys in the store; what waits goes together. */
@Injectable()
export class KeyClaims {
  private waiting: Claim[] = [];
  private underWay = 0;
  private isLaunching = false;

  constructor(private readonly database: ExecutionDatabase) {}

  /**
   * Stores a new execution, unless its caller has one under the same idempotency key.
   * @param withinMs after which it is not tried any more
   * @returns which of both has the key
   * @throws what the database says; it may have been stored all the same
   */
  claim(row: ExecutionRow, withinMs: number): Promise<KeyHolder> {
    const endMs = performance.now() + withinMs;
    const claim = { row, endMs, tries: 0, ...Promise.withResolvers<KeyHolder>() };
    this.waiting.push(claim);
    this.launchSoon();
    return claim.promise;
  }

  private launchSoon(): void {
    if (this.isLaunching) return;
    this.isLaunching = true;
    setImmediate(() => {
      this.isLaunching = false;
      this.launch();
    });
  }

  private launch(): void {
    while (this.underWay < this.database.lanes && this.waiting.length > 0) {
      const now = performance.now();
      const claims = this.waiting.splice(0, ROWS_PER_BATCH).filter((claim) => {
        if (claim.endMs > now) return true;
        claim.reject(new Error('The database has had too much to do.'));
        return false;
      });
      if (claims.length === 0) continue;
      this.underWay++;
      void this.settle(claims).finally(() => {
        this.underWay--;
        this.launch();
      });
    }
  }

  private async settle(claims: readonly Claim[]): Promise<void> {
    try {
      const holders = await this.database.writes.claim(claims.map(({ row }) => row));
      claims.forEach((claim, index) => this.take(claim, holders[index]));
    } catch (error) {
      if (claims.length > 1 && isRowRefused(error)) {
        const half = Math.ceil(claims.length / 2);
        await this.settle(claims.slice(0, half));
        await this.settle(claims.slice(half));
        return;
      }
      for (const { reject } of claims) reject(error);
    }
  }

  private take(claim: Claim, holder: KeyHolder | undefined): void {
    if (holder) return claim.resolve(holder);
    // The row of another holder was not readable yet, or has been forgotten in between.
    if (++claim.tries < MAX_TRIES) this.waiting.push(claim);
    else claim.reject(new Error('The database does not say who has the key.'));
  }
}
