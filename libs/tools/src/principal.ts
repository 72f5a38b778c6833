/**
 * Who calls, once that is proved. Executions, sessions and everything else that a caller makes
 * belong to its principal.
 */
export interface Principal {
  /** Unique and stable: issuer and subject of a token, or the id of a key. Never an address. */
  readonly id: string;
  /** How people know it, for logs and for the audit. */
  readonly name: string;
  readonly groups: readonly string[];
  /** What its credential allows at most, e.g. `skyflo:read`. Undefined where it sets no bound. */
  readonly scopes?: readonly string[] | undefined;
  /** Whether nobody has proved anything, as authentication is switched off. */
  readonly isAnonymous?: boolean | undefined;
  /** Milliseconds since the epoch at which its credential ends. Undefined if it does not. */
  readonly expiresAt?: number | undefined;
  /** The id of who acts for the principal now: the outermost actor (RFC 8693, `act`). */
  readonly actor?: string | undefined;
  /** The bearer token of an OIDC principal, for contexts that pass it on. Never logged. */
  readonly bearer?: string | undefined;
}

/** To whom what a principal makes belongs. Undefined where it belongs to everybody. */
export function ownerOf(principal: Principal | undefined): string | undefined {
  return principal === undefined || principal.isAnonymous ? undefined : principal.id;
}
