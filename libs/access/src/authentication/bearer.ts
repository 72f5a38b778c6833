import { ToolError } from '#tools';
import { refused } from './refusal.js';

/** A credential has the characters of RFC 6750, 2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** As the name of a parameter, in whatever spelling. */
const QUERY_TOKEN = 'access_token';

/**
 * The credential of an `Authorization` header.
 * @throws ToolError if there is none, or one of another scheme
 */
export function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw new ToolError(
      'unauthenticated',
      'This server needs a credential: an API key or a token, as "Authorization: Bearer …".',
    );
  }
  const [, credential] = BEARER.exec(authorization) ?? [];
  if (credential === undefined) throw refused('an Authorization header that is not Bearer');
  return credential;
}

/**
 * Whether the target of a request has a token in its query. Such a token is seen by proxies, logs
 * and the browser's history (OAuth 2.1, 5.1.1).
 */
export function hasQueryToken(target: string): boolean {
  const start = target.indexOf('?');
  if (start < 0) return false;
  const names = [...new URLSearchParams(target.slice(start)).keys()];
  return names.some((name) => name.toLowerCase() === QUERY_TOKEN);
}
