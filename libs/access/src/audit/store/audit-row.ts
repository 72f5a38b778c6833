import { isRecord } from '#base';
import { isAuditEntry, type AuditEntry } from '../audit-entry.js';
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
 * The entry of a row. Where a column says something else than its text, the entry has no hash, and
 * so is found to be changed: lists are narrowed by columns.
 */
export function entryOf(row: AuditRow): AuditEntry {
  const entry = readEntry(row.entry);
  const { chain, time, kind } = row;
  const seq = Number(row.seq);
  const isSame =
    entry.chain === chain &&
    entry.seq === seq &&
    entry.time === time &&
    entry.kind === kind &&
    entry.principal.id === row.principal &&
    entry.tool === row.tool &&
    (entry.executionId ?? null) === row.execution_id &&
    (kind === 'intent' || (entry.outcome ?? null) === row.outcome) &&
    entry.hash === row.hash;
  return isSame ? entry : { ...entry, chain, seq, time, hash: '' };
}

/** Of a text that is no entry, one that fits no row. */
function readEntry(text: string): AuditEntry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The row is then found to be changed.
  }
  const isEntry = isAuditEntry(value) && isRecord(value.principal);
  return (isEntry ? value : { previous: '', principal: {} }) as AuditEntry;
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
