import { describe, expect, it } from 'vitest';
import { AuditRecord, CALL, newKey, recordOf } from '../../../fixtures/audit-record.js';
import { hashOfEntry, type AuditEntry } from '../audit-entry.js';
import { signCheckpoint } from '../checkpoints/checkpoint.js';
import { verifyAudit } from './verify-audit.js';

/** Checks a record as it comes back from where it was stored. */
function verify({ entries, checkpoints, publicKeys }: AuditRecord) {
  const stored = JSON.parse(JSON.stringify([entries, checkpoints])) as [unknown[], unknown[]];
  return verifyAudit(stored[0], stored[1], publicKeys);
}

/** Checks that a record has one break, of such a kind at such an entry. */
async function expectBreak(record: AuditRecord, kind: string, seq: number | undefined) {
  const { isIntact, breaks } = await verify(record);
  expect(breaks.map((one) => [one.kind, one.seq])).toEqual([[kind, seq]]);
  expect(isIntact).toBe(false);
}

function rehashed(entry: AuditEntry): AuditEntry {
  return { ...entry, hash: hashOfEntry(entry) };
}

describe(verifyAudit.name, () => {
  it('finds two mixed chains intact', async () => {
    const record = new AuditRecord();
    const chains = [record.chain('one'), record.chain('two')];
    for (let call = 0; call < 9; call++) await chains[call % 2]!.append(CALL)!.stored;
    chains.forEach(({ storedTo }) => record.sign('running', storedTo));
    const { isIntact, entries, chains: reports } = await verify(record);
    expect(isIntact).toBe(true);
    expect(entries).toBe(9);
    expect(reports).toMatchObject([
      { chain: 'one', first: 1, last: 5, signed: { seq: 5 } },
      { chain: 'two', first: 1, last: 4, signed: { seq: 4 } },
    ]);
  });

  it('names an entry that was changed', async () => {
    const record = await recordOf(9);
    record.entries[4] = { ...record.entries[4]!, tool: 'k8s_list' };
    await expectBreak(record, 'change', 5);
  });

  it('names an entry that was changed with its hash', async () => {
    const record = await recordOf(9);
    record.entries[4] = rehashed({ ...record.entries[4]!, tool: 'k8s_list' });
    await expectBreak(record, 'link', 6);
  });

  it('names an entry that was removed', async () => {
    const record = await recordOf(9);
    record.entries.splice(4, 1);
    await expectBreak(record, 'gap', 5);
  });

  it('names an entry that stands in the place of another', async () => {
    const record = await recordOf(9);
    record.entries.splice(4, 2, record.entries[5]!, record.entries[4]!);
    await expectBreak(record, 'order', 5);
  });

  it('names an entry that is there twice', async () => {
    const record = await recordOf(9);
    record.entries.splice(4, 0, record.entries[3]!);
    await expectBreak(record, 'order', 4);
  });

  it('names an entry that was put into another chain', async () => {
    const record = new AuditRecord();
    const [one, two] = [record.chain('one'), record.chain('two')];
    for (let call = 0; call < 4; call++) {
      for (const chain of [one, two]) await chain.append(CALL)!.stored;
    }
    // The fourth entry of the second chain, as if it were of the first.
    record.entries[6] = rehashed({ ...record.entries[7]!, chain: 'one' });
    await expectBreak(record, 'link', 4);
  });

  it('names the end that was cut off', async () => {
    const record = await recordOf(9);
    record.entries.length = 7;
    await expectBreak(record, 'tail', 8);
    record.entries.length = 0;
    await expectBreak(record, 'tail', 1);
  });

  it('names a record that was made again from the beginning', async () => {
    const record = await recordOf(9);
    const { entries } = await recordOf(9, () => new Date(0));
    record.entries.splice(0, 9, ...entries);
    await expectBreak(record, 'checkpoint', 9);
  });

  it('names an entry that was added after the end, and a chain that nobody has signed', async () => {
    const record = await recordOf(3);
    const last = record.entries[2]!;
    record.entries.push(rehashed({ ...last, seq: 4, previous: last.hash }));
    await expectBreak(record, 'added', 4);
    record.entries[3] = rehashed({ ...record.entries[0]!, chain: 'forged' });
    await expectBreak(record, 'unsigned', 1);
  });

  it('names a checkpoint that another key has signed', async () => {
    const record = await recordOf(3);
    record.checkpoints.push(signCheckpoint(newKey(), 'running', record.entries[1]!, new Date()));
    await expectBreak(record, 'foreign', 2);
  });

  it('names a checkpoint whose fields were exchanged', async () => {
    const record = await recordOf(3);
    record.sign('running', record.entries[0]!);
    const [start, , running] = record.checkpoints;
    record.checkpoints[2] = { ...running!, signature: start!.signature };
    await expectBreak(record, 'foreign', 1);
    record.checkpoints[2] = { ...running!, chain: 'two' };
    await expectBreak(record, 'foreign', 1);
  });

  it('names a checkpoint that contradicts another', async () => {
    const record = await recordOf(3);
    record.sign('running', { ...record.entries[2]!, hash: record.entries[1]!.hash });
    await expectBreak(record, 'checkpoint', 3);
  });

  it('names what is no entry, and what is no checkpoint', async () => {
    const record = await recordOf(3);
    record.entries.splice(1, 0, 'text' as never);
    await expectBreak(record, 'unreadable', undefined);
    record.entries.splice(1, 1);
    record.checkpoints.push({ kind: 'running' } as never);
    await expectBreak(record, 'unreadable', undefined);
  });

  it('names an entry of which no hash can be taken', async () => {
    const record = await recordOf(3);
    const { publicKeys, checkpoints, entries } = record;
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as never;
    entries[1] = { ...entries[1]!, arguments: { deep, huge: Infinity } };
    const { breaks } = await verifyAudit(entries, checkpoints, publicKeys);
    expect(breaks).toMatchObject([{ kind: 'change', seq: 2 }]);
  });

  it('takes a signed head for the beginning, and nothing else', async () => {
    const record = await recordOf(9);
    record.sign('head', record.entries[3]!);
    record.entries.splice(0, 4);
    expect(await verify(record)).toMatchObject({ isIntact: true, chains: [{ first: 5, last: 9 }] });
    record.entries.splice(0, 1);
    await expectBreak(record, 'gap', 1);
  });

  it('finds a chain intact that was forgotten whole', async () => {
    const record = await recordOf(9);
    record.sign('head', record.entries[8]!);
    record.entries.length = 0;
    expect(await verify(record)).toMatchObject({ isIntact: true, chains: [{ entries: 0 }] });
  });

  it('notes a clock that was set back', async () => {
    const times = [5, 6, 3, 4, 2];
    const record = await recordOf(5, () => new Date(times.shift()!));
    expect(await verify(record)).toMatchObject({
      isIntact: true,
      chains: [{ clockSetBack: 2, clockSetBackAt: 3 }],
    });
  });
});
