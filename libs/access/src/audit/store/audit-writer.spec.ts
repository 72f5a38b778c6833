import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteDatabase } from '#store';
import { CALL, newKey } from '../../../fixtures/audit-record.js';
import { AuditChain } from '../audit-chain.js';
import type { AuditDraft, AuditEntry } from '../audit-entry.js';
import { Checkpoints } from '../checkpoints/checkpoints.js';
import { unknownOutcome } from '../open-intents.js';
import { verifyAudit } from '../verify/verify-audit.js';
import { AuditDatabase } from './audit-database.js';
import { AuditRetention } from './audit-retention.js';
import { AuditStore } from './audit-store.js';
import { AuditWriter } from './audit-writer.js';

const INTENT: AuditDraft = { ...CALL, kind: 'intent', tool: 'k8s_delete', outcome: undefined };

let folder: string;
let file: string;
let database: AuditDatabase;
let store: AuditStore;
let writer: AuditWriter;
beforeEach(async () => {
  for (const level of ['error', 'warn', 'log'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  }
  folder = await mkdtemp(join(tmpdir(), 'audit-writer-spec-'));
  file = join(folder, 'executions.db');
  database = new AuditDatabase(await SqliteDatabase.open(file));
  await database.sql.migrate();
  store = new AuditStore(database);
  writer = new AuditWriter(database);
});
afterEach(async () => {
  vi.restoreAllMocks();
  writer.close();
  await database.sql.close();
  await rm(folder, { recursive: true });
});

function chainOf(id: string, now?: () => Date): AuditChain {
  return new AuditChain(id, (entry) => writer.store(entry), now);
}

async function storedEntries(): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of store.entries()) entries.push(entry);
  return entries;
}

/** Has the database changed by somebody else. */
function change(statement: string): void {
  using other = new DatabaseSync(file);
  other.exec(statement);
}

describe(AuditWriter.name, () => {
  it('stores what waits in one batch, in the order of the chain', async () => {
    const write = vi.spyOn(database, 'write');
    const chain = chainOf('one');
    const calls = Array.from({ length: 20 }, () => chain.append(CALL)!.stored);
    await chain.append(INTENT)!.stored;
    await Promise.all(calls);
    expect(write).toHaveBeenCalledTimes(1);
    expect((await storedEntries()).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
  });

  it('stores calls without an intent by themselves', async () => {
    await chainOf('one').append(CALL)!.stored;
    expect(await storedEntries()).toHaveLength(1);
  });

  it('tries again until the database is back, in the same order and nothing twice', async () => {
    const chain = chainOf('one');
    await sql`pragma query_only = 1`.execute(database.kysely);
    const stored = [CALL, INTENT, CALL].map((draft) => chain.append(draft)!.stored);
    await expect.poll(() => writer.failure).toContain('readonly');
    expect(await storedEntries()).toEqual([]);
    await sql`pragma query_only = 0`.execute(database.kysely);
    await Promise.all(stored);
    expect((await storedEntries()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(writer.failure).toBeUndefined();
  });

  it('takes an entry that is there from a try whose answer was lost', async () => {
    const write = database.write.bind(database);
    vi.spyOn(database, 'write').mockImplementationOnce(async (batch) => {
      await write(batch);
      throw new Error('connection lost');
    });
    await chainOf('one').append(INTENT)!.stored;
    expect(await storedEntries()).toHaveLength(1);
  });

  it('rejects an entry that the database refuses, and stores the others', async () => {
    change(
      `create trigger bad before insert on audit when new.tool = 'bad'
       begin select raise(abort, 'refused'); end`,
    );
    const chain = chainOf('one');
    const stored = ['good', 'bad', 'good'].map((tool) => chain.append({ ...CALL, tool })!.stored);
    const settled = await Promise.allSettled(stored);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await storedEntries()).map(({ seq }) => seq)).toEqual([1, 3]);
  });

  it('rejects what is not stored at the end', async () => {
    const { stored } = chainOf('one').append(CALL)!;
    writer.close();
    await expect(stored).rejects.toThrow('The server has ended.');
  });
});

describe(AuditStore.name, () => {
  it('finds the intents of other chains that have no outcome', async () => {
    const [one, own] = [chainOf('one'), chainOf('own')];
    const ended = one.append(INTENT)!.entry;
    one.append({ ...INTENT, kind: 'outcome', outcome: 'done', intent: ended });
    const { entry: open, stored } = one.append(INTENT)!;
    own.append(INTENT);
    await stored;
    expect(await store.openIntents(['own'])).toEqual([JSON.parse(JSON.stringify(open))]);
    own.append(unknownOutcome(open));
    await own.append(INTENT)!.stored;
    expect(await store.openIntents(['own'])).toEqual([]);
  });

  it('lists pages, newest first, by what they are narrowed to', async () => {
    const chain = chainOf('one');
    for (let call = 0; call < 5; call++) chain.append(CALL);
    chain.append({ ...CALL, tool: 'k8s_list', outcome: 'failed' });
    chain.append({ ...CALL, principal: { id: 'key:bob', name: 'Bob' } });
    await writer.flushWithin(5_000);
    const seqs: number[][] = [];
    let after: string | undefined;
    do {
      const page = await store.list({}, { limit: 3, after });
      seqs.push(page.entries.map(({ seq }) => seq));
      after = page.next;
    } while (after !== undefined);
    expect(seqs).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    const only = async (filter: Parameters<AuditStore['list']>[0]) =>
      (await store.list(filter, { limit: 10 })).entries.map(({ seq }) => seq);
    expect(await only({ tool: 'k8s_list', outcome: 'failed' })).toEqual([6]);
    expect(await only({ outcome: 'done' })).toEqual([7, 5, 4, 3, 2, 1]);
    expect(await only({ principal: 'key:bob' })).toEqual([7]);
    expect(await only({ until: '2000-01-01T00:00:00.000Z' })).toEqual([]);
  });

  it.each([
    ['text', `update audit set entry = replace(entry, 'k8s_get', 'k8s_foo') where seq = 2`],
    ['whole text', `update audit set entry = 'none' where seq = 2`],
    ['column', `update audit set principal = 'key:bob' where seq = 2`],
    ['JSON', `update audit set entry = json_set(entry, '$.durationMs', 1) where seq = 2`],
  ])('shows an entry whose %s was changed', async (_what, statement) => {
    const key = newKey();
    const chain = chainOf('one');
    const checkpoints = new Checkpoints(chain, key, [store]);
    await checkpoints.start();
    for (let call = 0; call < 3; call++) chain.append(CALL);
    await writer.flushWithin(5_000);
    await checkpoints.end();
    const verify = () =>
      verifyAudit(store.entries(), store.checkpoints(), new Map([[key.id, key.publicKey]]));
    expect(await verify()).toMatchObject({ isIntact: true, entries: 3 });
    change(statement);
    expect((await verify()).breaks).toMatchObject([{ kind: 'change', chain: 'one', seq: 2 }]);
  });
});

describe(AuditRetention.name, () => {
  it('forgets the beginning of each chain behind a signed head', async () => {
    const key = newKey();
    let day = 1;
    const now = () => new Date(Date.UTC(2026, 0, day));
    const [one, two] = [chainOf('one', now), chainOf('two', now)];
    const checkpoints = new Checkpoints(one, key, [store]);
    await checkpoints.start();
    await new Checkpoints(two, key, [store]).start();
    for (; day <= 6; day++) for (const chain of [one, two]) chain.append(CALL);
    await writer.flushWithin(5_000);
    const retention = new AuditRetention(database, store);
    await retention.forgetBefore('2026-01-05T00:00:00.000Z', checkpoints);
    await checkpoints.end();
    expect((await storedEntries()).map(({ chain, seq }) => `${chain} ${seq}`)).toEqual([
      'one 5',
      'one 6',
      'two 5',
      'two 6',
    ]);
    const publicKeys = new Map([[key.id, key.publicKey]]);
    expect(await verifyAudit(store.entries(), store.checkpoints(), publicKeys)).toMatchObject({
      isIntact: true,
      chains: [{ first: 5 }, { first: 5 }],
    });
  });

  it('keeps entries while a place for checkpoints does not answer', async () => {
    const chain = chainOf('one', () => new Date(0));
    await chain.append(INTENT)!.stored;
    const away = { forget: () => Promise.resolve(false) };
    await new AuditRetention(database, store).forgetBefore('2026-01-01', away);
    expect(await storedEntries()).toHaveLength(1);
  });
});
