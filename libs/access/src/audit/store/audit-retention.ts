import { Injectable } from '@nestjs/common';
import type { ChainPoint } from '../audit-entry.js';
import type { Checkpoints } from '../checkpoints/checkpoints.js';
import { AuditDatabase } from './audit-database.js';
import { AuditStore } from './audit-store.js';

/** Entries that are looked at, or removed, at a time: what is written meanwhile waits. */
const BATCH_SIZE = 500;

/** Forgets the oldest entries of each chain, behind a signed head. */
@Injectable()
export class AuditRetention {
  constructor(
    private readonly database: AuditDatabase,
    private readonly store: AuditStore,
  ) {}

  /**
   * Forgets what was made before a time. Of each chain a beginning is forgotten, up to the first
   * entry that is not so old.
   * @param before ISO 8601 in UTC
   */
  async forgetBefore(before: string, checkpoints: Pick<Checkpoints, 'forget'>): Promise<void> {
    for await (const chain of this.store.chains()) {
      const last = await this.lastOld(chain, before);
      if (last && (await checkpoints.forget(last))) await this.remove(last);
    }
  }

  private async lastOld(chain: string, before: string): Promise<ChainPoint | undefined> {
    for (let last: ChainPoint | undefined; ;) {
      const rows = await this.database.kysely
        .selectFrom('audit')
        .select(['seq', 'time', 'hash'])
        .where('chain', '=', chain)
        .where('seq', '>', last?.seq ?? 0)
        .orderBy('seq')
        .limit(BATCH_SIZE)
        .execute();
      const kept = rows.findIndex(({ time }) => time >= before);
      const old = kept < 0 ? rows.at(-1) : rows[kept - 1];
      if (old) last = { chain, seq: Number(old.seq), hash: old.hash };
      if (kept >= 0 || rows.length < BATCH_SIZE) return last;
    }
  }

  private async remove({ chain, seq }: ChainPoint): Promise<void> {
    const { kysely } = this.database;
    for (;;) {
      const next = await kysely
        .selectFrom('audit')
        .select('seq')
        .where('chain', '=', chain)
        .where('seq', '<=', seq)
        .orderBy('seq')
        .limit(BATCH_SIZE)
        .execute();
      const last = next.at(-1);
      if (!last) break;
      await kysely
        .deleteFrom('audit')
        .where('chain', '=', chain)
        .where('seq', '<=', last.seq)
        .execute();
    }
    // The head says more than the checkpoints before it.
    await kysely
      .deleteFrom('audit_checkpoints')
      .where('chain', '=', chain)
      .where('seq', '<', seq)
      .execute();
  }
}
