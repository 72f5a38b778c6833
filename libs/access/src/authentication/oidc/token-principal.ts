import type { JWTPayload } from 'jose';
import { isRecord } from '#base';
import type { Principal } from '#tools';

/** Which claims of a token tell what. */
export interface TokenClaims {
  /** The groups, e.g. `groups`, `realm_access.roles` or `https://example.com/groups`. */
  groups: string;
  /** How people know the principal, e.g. `preferred_username`. */
  name: string;
}

/** What can stand in a log, a header and a table: no control characters, and one line. */
const READABLE = /^[^\p{C}]{1,256}$/u;

/**
 * Who calls with a token whose signature and claims are proved.
 * @throws Error for a subject that cannot name anybody
 */
export function tokenPrincipal(
  claims: JWTPayload,
  names: TokenClaims,
  { bearer, expiresAt }: { bearer: string; expiresAt: number },
): Principal {
  const { iss, sub, act } = claims;
  if (!isReadable(sub)) throw new Error('its subject is no readable text');
  const name = valueOf(claims, names.name);
  return {
    id: principalId(iss!, sub),
    name: isReadable(name) ? name : sub,
    groups: textsOf(valueOf(claims, names.groups)),
    scopes: scopesOf(claims),
    expiresAt,
    actor: actorOf(act, iss!),
    bearer,
  };
}

/** An issuer has no fragment in its address, so no two of them make the same id. */
function principalId(issuer: string, subject: string): string {
  return `${issuer}#${subject}`;
}

/**
 * The party that acts now. It is the outer one: those within it have acted before, and count for
 * nothing (RFC 8693, 4.1).
 */
function actorOf(act: unknown, issuer: string): string | undefined {
  if (act === undefined) return undefined;
  const { iss = issuer, sub } = isRecord(act) ? act : {};
  if (isReadable(iss) && isReadable(sub)) return principalId(iss, sub);
  throw new Error('its "act" claim names no actor');
}

/** A token without scopes allows nothing that needs one. */
function scopesOf({ scope, scp }: JWTPayload): string[] {
  return [scope, scp].flatMap((claim) =>
    typeof claim === 'string' ? claim.split(' ').filter(Boolean) : textsOf(claim),
  );
}

/** The claim of a name, which may have dots in it, or else of a path with dots. */
function valueOf(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      claims,
    );
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(isReadable);
}

function isReadable(value: unknown): value is string {
  return typeof value === 'string' && READABLE.test(value);
}
