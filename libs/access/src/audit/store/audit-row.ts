import { isRecord } from '#base';
import type { AuditEntry } from '../audit-entry.js';
import { canonicalJson } from '../canonical-json.js';
import type { AuditRow } from './schema.js';

/** How an intent ended that may stand in the table already. */
export interface Ending {
  chain: string;
  seq: number;
  outcome: string;
}

/** What is stored in one transaction. */
export interface AuditBatch {
  rows: AuditRow[];
  endings: Ending[];
}

/** The rows of entries, and the ends of the intents that stand in the table. */
export function batchOf(entries: readonly AuditEntry[]): AuditBatch {
  const rows = new Map(entries.map((entry) => [keyOf(entry), rowOf(entry)]));
  const endings: Ending[] = [];
  for (const { kind, intent, outcome } of entries) {
    if (kind !== 'outcome' || !intent || !outcome) continue;
    const { chain, seq } = intent;
    const row = rows.get(keyOf(intent));
    if (row) row.outcome = outcome;
    // Its row may be there from a try whose answer was lost.
    endings.push({ chain, seq, outcome });
  }
  return { rows: [...rows.values()], endings };
}

/**
 * The entry of a row. Where a column says something else than its text, the entry has what the
 * column says, and so does not fit its hash any more: lists are narrowed by columns.
 */
export function entryOf(row: AuditRow): AuditEntry {
  const entry = readEntry(row.entry);
  const isSame =
    entry.chain === row.chain &&
    entry.seq === Number(row.seq) &&
    entry.time === row.time &&
    entry.kind === row.kind &&
    entry.principal?.id === row.principal &&
    entry.tool === row.tool &&
    (entry.executionId ?? null) === row.execution_id &&
    (entry.kind === 'intent' || (entry.outcome ?? null) === row.outcome);
  if (isSame) return entry;
  return {
    ...entry,
    chain: row.chain,
    seq: Number(row.seq),
    time: row.time,
    kind: row.kind as AuditEntry['kind'],
    principal: { ...entry.principal, id: row.principal },
    tool: row.tool,
    executionId: row.execution_id ?? undefined,
    outcome: (row.outcome ?? undefined) as AuditEntry['outcome'],
  };
}

/** What has no form of an entry gives one without a hash, which a check then names. */
function readEntry(text: string): AuditEntry {
  try {
    const value = JSON.parse(text) as unknown;
    return (isRecord(value) ? value : {}) as unknown as AuditEntry;
  } catch {
    return {} as AuditEntry;
  }
}

function rowOf(entry: AuditEntry): AuditRow {
  const { chain, seq, time, kind, principal, tool, executionId, outcome, hash } = entry;
  return {
    chain,
    seq,
    time,
    kind,
    principal: principal.id,
    tool,
    execution_id: executionId ?? null,
    outcome: outcome ?? null,
    entry: canonicalJson(entry),
    hash,
  };
}

function keyOf({ chain, seq }: { chain: string; seq: number }): string {
  return `${seq} ${chain}`;
}
