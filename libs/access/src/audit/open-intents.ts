import type { AuditDraft, AuditEntry } from './audit-entry.js';

/**
 * The intents that have no outcome. Those of a server that is gone were interrupted: nobody knows
 * whether their writes came about. Give each the outcome of `unknownOutcome`.
 * @param entries in any order of chains, each chain in its own
 */
export async function openIntents(
  entries: AsyncIterable<AuditEntry> | Iterable<AuditEntry>,
): Promise<AuditEntry[]> {
  const open = new Map<string, AuditEntry>();
  // An outcome may stand in a chain that comes before that of its intent.
  const early = new Set<string>();
  for await (const entry of entries) {
    if (entry.kind === 'intent' && !early.delete(keyOf(entry.chain, entry.seq))) {
      open.set(keyOf(entry.chain, entry.seq), entry);
    }
    if (entry.kind !== 'outcome' || !entry.intent) continue;
    const { chain, seq } = entry.intent;
    const key = keyOf(chain, seq);
    // An intent of the same chain that did not come before was forgotten for its age.
    if (!open.delete(key) && chain !== entry.chain) early.add(key);
  }
  return [...open.values()];
}

/** The entry to append for an intent that was interrupted. */
export function unknownOutcome(intent: AuditEntry): AuditDraft {
  const { principal, door, tool, context, effect, objects, moreObjects, executionId } = intent;
  return {
    kind: 'outcome',
    principal,
    door,
    tool,
    context,
    effect,
    decision: 'allowed',
    objects: objects?.map(({ diff: _, diffLength: __, ...object }) => object),
    moreObjects,
    outcome: 'unknown',
    intent: { chain: intent.chain, seq: intent.seq },
    executionId,
  };
}

function keyOf(chain: string, seq: number): string {
  return `${seq} ${chain}`;
}
