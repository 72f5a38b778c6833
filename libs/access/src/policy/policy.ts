import type { Effect } from '#tools';

/** Whom a rule is about. Each list holds globs. */
export interface Who {
  /** Ids of principals. */
  readonly principals?: readonly string[];
  readonly groups?: readonly string[];
  readonly scopes?: readonly string[];
}

/** What a rule is about. */
export interface What {
  /** Globs. */
  readonly categories?: readonly string[];
  /** Globs. */
  readonly tools?: readonly string[];
  readonly effects?: readonly Effect[];
}

/** Where a rule holds. Each list holds globs. */
export interface Where {
  readonly contexts?: readonly string[];
  /** `''` stands for objects that are in no namespace. */
  readonly namespaces?: readonly string[];
  /** API groups; `''` is the core group. */
  readonly groups?: readonly string[];
  /** A kind, its plural, or `plural/subresource`. */
  readonly kinds?: readonly string[];
  readonly names?: readonly string[];
}

/** Within a list any entry has to match, and of the lists all. What is left out always matches. */
export interface Rule {
  readonly name: string;
  readonly allows: boolean;
  readonly who: Who;
  readonly what: What;
  readonly where: Where;
}

/** Who may do what: a rule that denies wins, and what no rule allows is denied. */
export interface Policy {
  readonly rules: readonly Rule[];
  /** Service accounts that pods may have, as globs of `namespace/name`. */
  readonly serviceAccounts: readonly string[];
}
