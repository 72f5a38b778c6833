import { createHmac, randomBytes, randomInt, type KeyObject } from 'node:crypto';

/** How every key starts, so that scanners find one that was published. */
export const API_KEY_PREFIX = 'skyflo_';

const FORM = /^skyflo_([0-9A-Za-z]{8,32})_([\w-]{43})$/;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The two parts of an API key: what names it, and what proves it. */
export interface ApiKey {
  id: string;
  secret: string;
}

/** A new key of 256 random bits. */
export function makeApiKey(): ApiKey {
  const id = Array.from({ length: 12 }, () => BASE62[randomInt(BASE62.length)]).join('');
  return { id, secret: randomBytes(32).toString('base64url') };
}

/** A key as callers send it. */
export function apiKeyText({ id, secret }: ApiKey): string {
  return `${API_KEY_PREFIX}${id}_${secret}`;
}

/** Reads what a caller has sent; undefined if it cannot be a key. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/**
 * What is kept of a secret. A plain hash with a pepper is enough, as nobody can try 256 random
 * bits; a slow one would only slow down the calls.
 */
export function digestOf(secret: string, pepper: KeyObject): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}
