import type { JSONWebKeySet } from 'jose';
import { isRecord } from '#base';

const TIMEOUT_MS = 5_000;

/** Far above what an issuer has: some keys, and a page of facts. */
const MAX_BYTES = 1_000_000;

/** Plain http is for issuers on this machine only. */
const LOCAL_HOST = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Where an issuer has its keys. It is asked as OpenID Connect Discovery says, then as RFC 8414.
 * @throws Error if it cannot be reached, or if its document is that of another issuer
 */
export async function discoverKeys(issuer: string): Promise<URL> {
  const document = (await read(openIdAddress(issuer))) ?? (await read(oauthAddress(issuer)));
  if (!document) throw new Error(`${issuer} has no discovery document.`);
  if (document.issuer !== issuer) {
    throw new Error(
      `The issuer calls itself ${JSON.stringify(document.issuer)}. Set OIDC_ISSUER to exactly that.`,
    );
  }
  if (typeof document.jwks_uri !== 'string') throw new Error(`${issuer} names no "jwks_uri".`);
  return safeAddress(document.jwks_uri);
}

/** The keys that an issuer signs with now. */
export async function readKeys(address: URL): Promise<JSONWebKeySet> {
  const document = await read(address);
  if (!document || !Array.isArray(document.keys)) throw new Error(`${address.href} has no keys.`);
  return document as unknown as JSONWebKeySet;
}

/**
 * An address that nobody on the way can answer for.
 * @throws Error for plain http to another machine
 */
export function safeAddress(text: string): URL {
  const address = new URL(text);
  const isSafe =
    address.protocol === 'https:' ||
    (address.protocol === 'http:' && LOCAL_HOST.test(address.hostname));
  if (isSafe) return address;
  throw new Error(`${text} is not https. Keys of an issuer are taken over https only.`);
}

function openIdAddress(issuer: string): URL {
  return safeAddress(`${withoutSlash(issuer)}/.well-known/openid-configuration`);
}

/** The path of the issuer comes last here (RFC 8414, 3.1). */
function oauthAddress(issuer: string): URL {
  const { origin, pathname } = safeAddress(issuer);
  return new URL(`${origin}/.well-known/oauth-authorization-server${withoutSlash(pathname)}`);
}

function withoutSlash(text: string): string {
  return text.replace(/\/$/, '');
}

/** The JSON object at an address; undefined if there is none. */
async function read(address: URL): Promise<Record<string, unknown> | undefined> {
  const answer = await fetch(address, {
    headers: { accept: 'application/json' },
    // Where it leads would not be what the operator has named.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    if (answer.status === 404) return undefined;
    throw new Error(`${address.href} answers ${answer.status}.`);
  }
  const document: unknown = JSON.parse(await textOf(answer, address));
  if (isRecord(document)) return document;
  throw new Error(`${address.href} is not a JSON object.`);
}

async function textOf({ body }: Response, { href }: URL): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`${href} is larger than ${MAX_BYTES} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
