import { describe, expect, it } from 'vitest';
import { CALL } from '../../fixtures/audit-record.js';
import { AuditChain } from './audit-chain.js';
import { GENESIS, hashOfEntry, type AuditDraft, type AuditEntry } from './audit-entry.js';

const INTENT: AuditDraft = { ...CALL, kind: 'intent', tool: 'k8s_delete' };
const MAX_WAITING = 10_000;

/** A chain whose entries are stored when the test says so. */
function slowChain() {
  const waiting: { entry: AuditEntry; store: () => void; lose: (why: Error) => void }[] = [];
  const chain = new AuditChain(
    'one',
    (entry) =>
      new Promise((store, lose) => {
        waiting.push({ entry, store, lose });
      }),
  );
  return { chain, waiting };
}

describe(AuditChain.name, () => {
  it('links each entry to the one before', () => {
    const { chain } = slowChain();
    const first = chain.append(CALL)!.entry;
    const second = chain.append(INTENT)!.entry;
    expect(first).toMatchObject({ chain: 'one', seq: 1, previous: GENESIS });
    expect(second).toMatchObject({ seq: 2, previous: first.hash, hash: hashOfEntry(second) });
  });

  it('is stored up to where nothing is missing', async () => {
    const { chain, waiting } = slowChain();
    const stored = [1, 2, 3].map(() => chain.append(CALL)!.stored);
    waiting[1]!.store();
    await stored[1];
    expect(chain.storedTo.seq).toBe(0);
    waiting[0]!.store();
    await stored[0];
    expect(chain.storedTo).toEqual({ chain: 'one', seq: 2, hash: waiting[1]!.entry.hash });
    expect(chain.isStored).toBe(false);
  });

  it('goes on after an entry that is lost', async () => {
    const { chain, waiting } = slowChain();
    const { stored } = chain.append(CALL)!;
    waiting[0]!.lose(new Error('refused'));
    await expect(stored).rejects.toThrow('refused');
    expect(chain.isStored).toBe(true);
  });

  it('refuses intents, counts calls and keeps outcomes while too many wait', async () => {
    const { chain, waiting } = slowChain();
    for (let call = 0; call < MAX_WAITING; call++) chain.append(CALL);
    expect(() => chain.append(INTENT)).toThrow('nothing was changed');
    expect([chain.append(CALL), chain.append(CALL)]).toEqual([undefined, undefined]);
    expect(chain.append({ ...CALL, kind: 'outcome' })!.entry).toMatchObject({ lost: 2 });
    for (const { store } of waiting) store();
    await expect.poll(() => chain.isStored).toBe(true);
    expect(chain.append(INTENT)!.entry.lost).toBeUndefined();
  });

  it('takes nothing after its end', () => {
    const { chain } = slowChain();
    chain.close();
    expect(chain.append(CALL)).toBeUndefined();
    expect(() => chain.append(INTENT)).toThrow('nothing was changed');
  });

  it('keeps texts, objects and diffs within bounds', () => {
    const { chain } = slowChain();
    const object = { resource: 'pods', name: 'a\0b\ud800', diff: 'd'.repeat(50_000) };
    const { entry } = chain.append({
      ...INTENT,
      principal: { id: 'x'.repeat(5_000), name: 'X' },
      objects: Array.from({ length: 150 }, () => object),
    })!;
    expect(entry.principal.id).toHaveLength(1_000);
    expect(entry.objects).toHaveLength(100);
    expect(entry.moreObjects).toBe(50);
    expect(entry.objects![0]).toMatchObject({ name: 'a\uFFFDb\uFFFD', diffLength: 50_000 });
    expect(JSON.stringify(entry).length).toBeLessThan(80_000);
  });
});
