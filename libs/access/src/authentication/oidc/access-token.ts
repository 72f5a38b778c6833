import type { JWTHeaderParameters, JWTPayload } from 'jose';

/** Claims of OpenID Connect Core (2, 3.1.3.6, 3.3.2.11) that only ID tokens have. */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/** Claims that say what a client may do, or which client it is, as access tokens have them. */
const ACCESS_TOKEN_CLAIMS = ['scope', 'scp', 'client_id', 'cid'];

const ACCESS_TOKEN_TYPES = ['at+jwt', 'application/at+jwt'];

/**
 * Why a token is not an access token; undefined if it is one. An ID token tells a client who has
 * logged in, and gives no right to call anything.
 *
 * - The type `at+jwt` (RFC 9068) says that it is one. ID tokens never have it.
 * - Older issuers write the type `JWT`, or none. Then the token must have a claim of access tokens
 *   (`scope`, `scp`, `client_id`, `cid`) and none of ID tokens (`nonce`, `at_hash`, `c_hash`,
 *   `s_hash`). Its audience must not be the client that got it, as that of an ID token is.
 * - Any other type, such as that of a logout token or of a DPoP proof, is refused, and so is a
 *   `typ` claim of Keycloak or a `token_use` of Cognito that names something else.
 * - A token that is bound to a key of its sender (`cnf`) is refused: nothing here proves that key.
 */
export function notAnAccessToken(
  { typ }: JWTHeaderParameters,
  claims: JWTPayload,
): string | undefined {
  if (claims.cnf !== undefined) return 'it is bound to a key of its sender';
  if (claims.typ !== undefined && claims.typ !== 'Bearer') return 'its "typ" claim is not Bearer';
  if (claims.token_use !== undefined && claims.token_use !== 'access') {
    return 'its "token_use" is not access';
  }
  const type = typ?.toLowerCase();
  if (type !== undefined && ACCESS_TOKEN_TYPES.includes(type)) return undefined;
  if (type !== undefined && type !== 'jwt') return `its type is ${JSON.stringify(typ)}`;
  const mark = ID_TOKEN_CLAIMS.find((claim) => claims[claim] !== undefined);
  if (mark !== undefined) return `it has "${mark}", as ID tokens have`;
  if (!ACCESS_TOKEN_CLAIMS.some((claim) => claims[claim] !== undefined)) {
    return `it has none of ${ACCESS_TOKEN_CLAIMS.join(', ')}, as ID tokens have none`;
  }
  const audiences = [claims.aud ?? []].flat();
  const clients = [claims.azp, claims.client_id, claims.cid];
  const isForItsClient = audiences.some((audience) => clients.includes(audience));
  return isForItsClient ? 'it is for the client that got it, as ID tokens are' : undefined;
}
