import type { Spent } from './budget.js';
import { TAG_PREFIX, type Resolved, type Scalar } from './scalar-value.js';
import type { Token } from './tokens.js';

/** A value and, if it was one, its scalar. */
export interface Node {
  value: unknown;
  offset: number;
  scalar?: Scalar & { resolved: Resolved };
  isAlias?: true;
  /** A key in braces without a colon on its line: it has no value. */
  isBare?: true;
}

/** The keys of a map, one after the other, and how its values are read. */
export interface Entry {
  next: () => Node | undefined;
  place: Place;
  /** The tokens that show that a value is left out. */
  after: readonly Token['type'][];
}

/** What an alias repeats. */
export interface Anchored {
  /** Undefined as long as it is being read. */
  node?: Node;
  spent: Spent;
}

/** Where a node stands. A flow is inside brackets or braces. */
export type Place = 'block' | 'value of a block' | 'flow';

const MERGE_TAG = `${TAG_PREFIX}merge`;

/** The tokens that show that a node before them is left out. */
export const AFTER_ITEM: readonly Token['type'][] = ['-', 'block-end'];
export const AFTER_LEVEL_ITEM: readonly Token['type'][] = ['-', '?', ':', 'block-end'];
export const AFTER_ENTRY: readonly Token['type'][] = ['?', ':', 'block-end'];
export const AFTER_FLOW_ITEM: readonly Token['type'][] = [':', ',', ']'];
export const AFTER_FLOW_ENTRY: readonly Token['type'][] = [':', ',', '}'];
export const AFTER_CONTENT: readonly Token['type'][] = [
  'directive',
  'document-start',
  'document-end',
  'end',
];

/** Whether a key is `<<`, whose value is merged. */
export function isMerge({ scalar, isAlias }: Node): boolean {
  if (scalar?.text !== '<<' || isAlias) return false;
  return scalar.isPlain || scalar.tag === MERGE_TAG;
}
