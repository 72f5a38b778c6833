import { Injectable } from '@nestjs/common';
import type { Kysely, SelectQueryBuilder } from 'kysely';
import { parseJson } from '#base';
import type { AuditEntry, AuditOutcome } from '../audit-entry.js';
import type { Checkpoint } from '../checkpoints/checkpoint.js';
import type { CheckpointSink } from '../checkpoints/checkpoint-sink.js';
import { AuditDatabase } from './audit-database.js';
import { entryOf } from './audit-row.js';
import {
  AUDIT_COLUMNS,
  IS_OPEN,
  WAS_NOT_DONE,
  type AuditSchema,
  type CheckpointRow,
} from './schema.js';

/** Which entries to list; all that is given must hold. Times are ISO 8601 in UTC. */
export interface AuditFilter {
  principal?: string | undefined;
  tool?: string | undefined;
  outcome?: AuditOutcome | undefined;
  /** Made at this time or later. */
  since?: string | undefined;
  /** Made before this time. */
  until?: string | undefined;
}

/** A page of a list, newest first. */
export interface AuditPage {
  entries: AuditEntry[];
  /** Gives the next page; undefined on the last one. */
  next: string | undefined;
}

/** Entries that are read at a time to go through all of them. */
const BATCH_SIZE = 500;

type Entries = SelectQueryBuilder<AuditSchema, 'audit', object>;

/** The stored audit, to be looked at. It is also a place for checkpoints. */
@Injectable()
export class AuditStore implements CheckpointSink {
  readonly name = 'the database';
  private readonly db: Kysely<AuditSchema>;

  constructor(private readonly database: AuditDatabase) {
    this.db = database.reads;
  }

  /** @param after the `next` of the page before */
  async list(
    filter: AuditFilter,
    { limit, after }: { limit: number; after?: string | undefined },
  ): Promise<AuditPage> {
    const rows = await afterPage(filtered(this.db.selectFrom('audit'), filter), after)
      .select(AUDIT_COLUMNS)
      .orderBy('time', 'desc')
      .orderBy('chain', 'desc')
      .orderBy('seq', 'desc')
      .limit(limit + 1)
      .execute();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      entries: rows.slice(0, limit).map(entryOf),
      next: last && `${last.time}_${last.chain}_${last.seq}`,
    };
  }

  /** All entries, chain by chain, each in its order. */
  async *entries(): AsyncGenerator<AuditEntry, void> {
    for await (const chain of this.chains()) yield* this.entriesOf(chain);
  }

  /** All checkpoints. */
  async *checkpoints(): AsyncGenerator<unknown, void> {
    let last: CheckpointRow | undefined;
    for (;;) {
      let query = this.db.selectFrom('audit_checkpoints').selectAll();
      if (last) {
        const { chain, seq, kind, time } = last;
        query = query.where((eb) =>
          eb(eb.refTuple('chain', 'seq', 'kind', 'time'), '>', eb.tuple(chain, seq, kind, time)),
        );
      }
      const rows = await query
        .orderBy('chain')
        .orderBy('seq')
        .orderBy('kind')
        .orderBy('time')
        .limit(BATCH_SIZE)
        .execute();
      for (const { checkpoint } of rows) yield parseJson(checkpoint);
      last = rows.at(-1);
      if (rows.length < BATCH_SIZE) return;
    }
  }

  /** The chains that have entries. */
  async *chains(): AsyncGenerator<string, void> {
    // One step of the index each: there are far fewer chains than entries.
    let chain = '';
    for (;;) {
      const next = await this.db
        .selectFrom('audit')
        .select('chain')
        .where('chain', '>', chain)
        .orderBy('chain')
        .limit(1)
        .executeTakeFirst();
      if (!next) return;
      yield (chain = next.chain);
    }
  }

  /** The intents without an outcome, but for those of some chains. */
  async openIntents(but: readonly string[]): Promise<AuditEntry[]> {
    const rows = await this.database.kysely
      .selectFrom('audit')
      .select(AUDIT_COLUMNS)
      .where(IS_OPEN)
      .where('chain', 'not in', but)
      .orderBy('chain')
      .orderBy('seq')
      .execute();
    return rows.map(entryOf);
  }

  async store(checkpoint: Checkpoint): Promise<void> {
    const { chain, seq, kind, time } = checkpoint;
    await this.database.kysely
      .insertInto('audit_checkpoints')
      .values({ chain, seq, kind, time, checkpoint: JSON.stringify(checkpoint) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  private async *entriesOf(chain: string): AsyncGenerator<AuditEntry, void> {
    for (let seq = 0; ;) {
      const rows = await this.db
        .selectFrom('audit')
        .select(AUDIT_COLUMNS)
        .where('chain', '=', chain)
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(BATCH_SIZE)
        .execute();
      for (const row of rows) yield entryOf(row);
      if (rows.length < BATCH_SIZE) return;
      seq = Number(rows.at(-1)!.seq);
    }
  }
}

function filtered(query: Entries, { principal, tool, outcome, since, until }: AuditFilter) {
  let narrowed = query;
  if (principal) narrowed = narrowed.where('principal', '=', principal);
  if (tool) narrowed = narrowed.where('tool', '=', tool);
  if (outcome) narrowed = narrowed.where('outcome', '=', outcome);
  if (outcome && outcome !== 'done') narrowed = narrowed.where(WAS_NOT_DONE);
  if (since) narrowed = narrowed.where('time', '>=', since);
  if (until) narrowed = narrowed.where('time', '<', until);
  return narrowed;
}

function afterPage(query: Entries, after: string | undefined): Entries {
  if (after === undefined) return query;
  const [time = '', chain = '', seq = ''] = after.split('_');
  return query
    .where('time', '<=', time)
    .where((eb) =>
      eb(eb.refTuple('time', 'chain', 'seq'), '<', eb.tuple(time, chain, Number(seq) || 0)),
    );
}
