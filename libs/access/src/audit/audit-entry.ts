import { hash as digestOf } from 'node:crypto';
import { isRecord } from '#base';
import type { Effect } from '#tools';
import type { AuditedArguments, TextDigest } from './audited-arguments.js';
import { canonicalJson } from './canonical-json.js';

/**
 * What an entry tells of: a `call` that has ended, the `intent` to send a write to an API server,
 * or the `outcome` of such a write.
 */
export const AUDIT_KINDS = ['call', 'intent', 'outcome'] as const;

export type AuditKind = (typeof AUDIT_KINDS)[number];

/** How something ended. `unknown`: nobody was there any more to see it. */
export const AUDIT_OUTCOMES = ['done', 'failed', 'refused', 'unknown'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** An object that a request to an API server was about. */
export interface AuditedObject {
  readonly verb?: string | undefined;
  readonly group?: string | undefined;
  /** The plural, of a request. A path that is no resource stands here whole. */
  readonly resource?: string | undefined;
  /** Of a change that a call has compared. */
  readonly kind?: string | undefined;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** The keyed digest of what was sent. */
  readonly body?: TextDigest | undefined;
  /** What changes, without values of Secrets. */
  readonly diff?: string | undefined;
  /** The characters of the whole diff, where it was too long to be kept whole. */
  readonly diffLength?: number | undefined;
}

/** What the record keeps of one call, or of one write. */
export interface AuditDraft {
  readonly kind: AuditKind;
  readonly principal: {
    readonly id: string;
    readonly name: string;
    /** Who acted for the principal. */
    readonly actor?: string | undefined;
  };
  /** The way in, such as `rest`. */
  readonly door: string;
  readonly tool: string;
  readonly arguments?: AuditedArguments | undefined;
  /** The context of the kubeconfig. */
  readonly context?: string | undefined;
  readonly effect?: Effect | undefined;
  readonly decision: 'allowed' | 'refused';
  /** The rule of the policy that decided. */
  readonly rule?: string | undefined;
  readonly objects?: readonly AuditedObject[] | undefined;
  /** Objects beyond those that are kept. */
  readonly moreObjects?: number | undefined;
  readonly outcome?: AuditOutcome | undefined;
  /** The code of the error, where there was one. */
  readonly code?: string | undefined;
  /** The HTTP status that an API server has answered with. */
  readonly status?: number | undefined;
  /** Of an outcome: the entry of its intent. */
  readonly intent?: EntryId | undefined;
  readonly durationMs?: number | undefined;
  /** The bytes of the answer. */
  readonly bytes?: number | undefined;
  readonly executionId?: string | undefined;
}

/** Where an entry stands. */
export interface EntryId {
  readonly chain: string;
  /** From 1 on. */
  readonly seq: number;
}

/** An entry of the record, and its place in its chain. */
export interface AuditEntry extends AuditDraft, EntryId {
  /** ISO 8601, by the clock of its server. */
  readonly time: string;
  /**
   * How many calls before this one were not kept, because too many entries waited, or because a
   * principal was refused too often.
   */
  readonly lost?: number | undefined;
  /** The hash of the entry before. */
  readonly previous: string;
  readonly hash: string;
}

/** An entry of a chain, and so everything before it. */
export interface ChainPoint extends EntryId {
  readonly hash: string;
}

/** The hash before the first entry of a chain. */
export const GENESIS = '0'.repeat(64);

/** The SHA-256 of everything in an entry but its hash, in hexadecimal digits. */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const { hash: _, ...rest } = entry as AuditEntry;
  return digestOf('sha256', canonicalJson(rest));
}

/** Whether a value has what every entry needs to be checked. */
export function isAuditEntry(value: unknown): value is AuditEntry {
  return (
    isRecord(value) &&
    typeof value.chain === 'string' &&
    Number.isSafeInteger(value.seq) &&
    (value.seq as number) > 0 &&
    typeof value.time === 'string' &&
    typeof value.previous === 'string' &&
    typeof value.hash === 'string'
  );
}
