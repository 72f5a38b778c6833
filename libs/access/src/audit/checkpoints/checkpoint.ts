import { verify } from 'node:crypto';
import { isRecord } from '#base';
import type { ChainPoint } from '../audit-entry.js';
import type { AuditKey, PublicKeys } from '../audit-key.js';
import { canonicalJson } from '../canonical-json.js';

/**
 * What a checkpoint says of its entry: `start`, that the chain begins after it; `running`, that it
 * is there; `end`, that it is the last one; `head`, that it and all before were forgotten because
 * of their age.
 */
export const CHECKPOINT_KINDS = ['start', 'running', 'end', 'head'] as const;

export type CheckpointKind = (typeof CHECKPOINT_KINDS)[number];

/** A signed word on a chain. */
export interface Checkpoint extends ChainPoint {
  readonly kind: CheckpointKind;
  /** ISO 8601. */
  readonly time: string;
  /** The id of the key. */
  readonly key: string;
  /** Ed25519, in base64. */
  readonly signature: string;
}

/** What is signed begins with this, so that no signature for another purpose can be used here. */
const PURPOSE = 'skyflo-mcp audit checkpoint\n';

/** Signs a checkpoint. */
export function signCheckpoint(
  signer: AuditKey,
  kind: CheckpointKind,
  { chain, seq, hash }: ChainPoint,
  time: Date,
): Checkpoint {
  const fields = { kind, chain, seq, hash, time: time.toISOString(), key: signer.id };
  return { ...fields, signature: signer.sign(PURPOSE + canonicalJson(fields)) };
}

/** What is wrong with a checkpoint by itself, in words; undefined if nothing is. */
export function checkpointFault(
  { signature, ...fields }: Checkpoint,
  publicKeys: PublicKeys,
): string | undefined {
  const key = publicKeys.get(fields.key);
  if (!key) return `its key ${fields.key} is none of those given`;
  const bytes = Buffer.from(PURPOSE + canonicalJson(fields));
  const isValid = verify(null, bytes, key, Buffer.from(signature, 'base64'));
  return isValid ? undefined : 'its signature does not fit what it says';
}

/** Whether a value has the fields of a checkpoint. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  return (
    isRecord(value) &&
    CHECKPOINT_KINDS.includes(value.kind as CheckpointKind) &&
    Number.isSafeInteger(value.seq) &&
    ['chain', 'hash', 'time', 'key', 'signature'].every((field) => typeof value[field] === 'string')
  );
}
