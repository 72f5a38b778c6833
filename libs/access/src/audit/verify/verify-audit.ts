import { Turns } from '#base';
import { MAX_BREAKS, type AuditBreak } from './audit-break.js';
import { isAuditEntry } from '../audit-entry.js';
import type { PublicKeys } from '../audit-key.js';
import { ChainCheck, type ChainReport } from './chain-check.js';
import { readCheckpoints } from './signed-points.js';

/** What `verifyAudit` has found. */
export interface AuditReport {
  readonly isIntact: boolean;
  readonly entries: number;
  readonly chains: readonly ChainReport[];
  /** The first break of each chain, and what cannot be told of a chain. */
  readonly breaks: readonly AuditBreak[];
}

/**
 * Checks a record: that each entry is what its hash says, that none is missing, added or in another
 * place, and that the signed ones are there. Entries are read one at a time and not kept.
 * @param entries each chain in its order; chains may be mixed
 * @param checkpoints in any order; they are kept in memory
 * @param publicKeys those that may have signed checkpoints
 */
export async function verifyAudit(
  entries: AsyncIterable<unknown> | Iterable<unknown>,
  checkpoints: AsyncIterable<unknown> | Iterable<unknown>,
  publicKeys: PublicKeys,
): Promise<AuditReport> {
  const signed = await readCheckpoints(checkpoints, publicKeys);
  const breaks = signed.breaks.slice(0, MAX_BREAKS);
  const checks = new Map<string, ChainCheck>();
  for (const [chain, points] of signed.chains) checks.set(chain, new ChainCheck(chain, points));
  const mostChains = checks.size + MAX_BREAKS;
  const checkOf = (chain: string): ChainCheck | undefined => {
    // Each chain that nobody has signed is a break: no more are told, and so none are kept.
    if (!checks.has(chain) && checks.size < mostChains) {
      checks.set(chain, new ChainCheck(chain, undefined));
    }
    return checks.get(chain);
  };
  const turns = new Turns();
  let count = 0;
  for await (const entry of entries) {
    count++;
    if (!isAuditEntry(entry)) {
      if (breaks.length < MAX_BREAKS) breaks.push(unreadable(count));
      continue;
    }
    checkOf(entry.chain)?.add(entry);
    await turns.pass();
  }
  const chains = [...checks.values()].map((check) => check.report());
  breaks.push(...chains.flatMap((chain) => chain.break ?? []));
  return { isIntact: breaks.length === 0, entries: count, chains, breaks };
}

function unreadable(count: number): AuditBreak {
  return { kind: 'unreadable', says: `Line ${count} is no entry of an audit.` };
}
