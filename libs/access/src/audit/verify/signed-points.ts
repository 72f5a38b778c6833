import { Turns } from '#base';
import { MAX_BREAKS, type AuditBreak } from './audit-break.js';
import type { PublicKeys } from '../audit-key.js';
import { checkpointFault, isCheckpoint, type Checkpoint } from '../checkpoints/checkpoint.js';

/** What the checkpoints say of one chain. */
export interface SignedPoints {
  /** The hashes of entries that are there, by their numbers. */
  readonly hashes: Map<number, string>;
  /** The hashes of entries after which the chain may begin, because all before are forgotten. */
  readonly heads: Map<number, string>;
  /** The latest of all. */
  last: Checkpoint;
  /** The number of the last entry, once the chain has ended. */
  end?: number;
}

/** The checkpoints by their chains, and what is wrong with those that do not count. */
export interface SignedChains {
  readonly chains: ReadonlyMap<string, SignedPoints>;
  readonly breaks: readonly AuditBreak[];
}

/** Reads checkpoints in any order. Only those with a valid signature count. */
export async function readCheckpoints(
  checkpoints: AsyncIterable<unknown> | Iterable<unknown>,
  publicKeys: PublicKeys,
): Promise<SignedChains> {
  const chains = new Map<string, SignedPoints>();
  const breaks: AuditBreak[] = [];
  const turns = new Turns();
  let count = 0;
  for await (const checkpoint of checkpoints) {
    count++;
    await turns.pass();
    const fault = isCheckpoint(checkpoint)
      ? takeCheckpoint(chains, checkpoint, publicKeys)
      : unreadable(count);
    if (fault && breaks.length < MAX_BREAKS) breaks.push(fault);
  }
  return { chains, breaks };
}

function takeCheckpoint(
  chains: Map<string, SignedPoints>,
  checkpoint: Checkpoint,
  publicKeys: PublicKeys,
): AuditBreak | undefined {
  const { chain, seq, time } = checkpoint;
  const place = `The checkpoint of ${time} for entry ${seq}`;
  const fault = checkpointFault(checkpoint, publicKeys);
  if (fault) return { kind: 'foreign', chain, seq, says: `${place} is foreign: ${fault}.` };
  if (keep(chains, checkpoint)) return undefined;
  return { kind: 'checkpoint', chain, seq, says: `${place} contradicts another one.` };
}

function unreadable(count: number): AuditBreak {
  return { kind: 'unreadable', says: `Line ${count} of the checkpoints is no checkpoint.` };
}

/** @returns whether it agrees with those before */
function keep(chains: Map<string, SignedPoints>, checkpoint: Checkpoint): boolean {
  const { chain, seq, hash, kind } = checkpoint;
  const points: SignedPoints = chains.get(chain) ?? {
    hashes: new Map(),
    heads: new Map(),
    last: checkpoint,
  };
  chains.set(chain, points);
  const { hashes, heads } = points;
  if ((hashes.get(seq) ?? hash) !== hash || (heads.get(seq) ?? hash) !== hash) return false;
  (kind === 'head' ? heads : hashes).set(seq, hash);
  if (seq > points.last.seq) points.last = checkpoint;
  if (kind === 'end') points.end = seq;
  return true;
}
