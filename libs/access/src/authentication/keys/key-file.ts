import { readFileSync, statSync } from 'node:fs';
import { isRecord, writePrivateFile } from '#base';

/** An API key as the file has it. */
export interface KeyEntry {
  id: string;
  /** Who calls with it. Several keys may have the same one. */
  principal: string;
  groups: string[];
  /** What it allows at most; left out for no bound. */
  scopes?: string[] | undefined;
  /** When it ends, in ISO 8601; left out if it does not. */
  expires?: string | undefined;
  /** HMAC-SHA256 of the secret with the pepper, in hex. */
  sha256: string;
}

const FIELDS = new Set(['id', 'principal', 'groups', 'scopes', 'expires', 'sha256']);

/** What a principal, group or scope is written with: anything that is readable in one line. */
const WORD = /^[^\p{C},]{1,256}$/u;

const MAX_BYTES = 10_000_000;

/**
 * The keys in a file.
 * @throws Error naming the entry that is wrong and why, or why the file cannot be trusted
 */
export function readKeyFile(path: string): KeyEntry[] {
  const { mode, size } = statSync(path);
  if ((mode & 0o022) !== 0) {
    throw new Error(`Others may write to ${path}, and so add keys. Run: chmod go-w ${path}`);
  }
  if (size > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES} bytes.`);
  const document = parse(path);
  if (!isRecord(document) || !Array.isArray(document.keys)) {
    throw new Error(`${path} is not of the form {"keys": [...]}.`);
  }
  const ids = new Set<string>();
  for (const [index, entry] of document.keys.entries()) {
    const fault = faultOf(entry) ?? (ids.has((entry as KeyEntry).id) ? 'has an id twice' : '');
    if (fault) throw new Error(`${path}: keys[${index}] ${fault}.`);
    ids.add((entry as KeyEntry).id);
  }
  return document.keys as KeyEntry[];
}

function parse(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says would show a part of the file.
    throw new Error(`${path} is not JSON.`);
  }
}

/** Replaces the keys in a file in one step. */
export function writeKeyFile(path: string, keys: readonly KeyEntry[]): void {
  writePrivateFile(path, `${JSON.stringify({ keys }, null, 2)}\n`);
}

/** Whether a text can name a principal, a group or a scope. */
export function isWord(text: unknown): text is string {
  return typeof text === 'string' && WORD.test(text);
}

function faultOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return 'is not an object';
  const { id, principal, groups, scopes, expires, sha256 } = entry;
  const unknown = Object.keys(entry).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) return `has an unknown field "${unknown}"`;
  if (typeof id !== 'string' || !/^[0-9A-Za-z]{8,32}$/.test(id)) {
    return 'needs an "id" of 8 to 32 letters and digits';
  }
  if (!isWord(principal)) return 'needs a "principal"';
  if (!isListOfWords(groups)) return 'needs "groups", a list of names';
  if (scopes !== undefined && !isListOfWords(scopes)) return 'has "scopes" that are no list';
  if (expires !== undefined && (typeof expires !== 'string' || isNaN(Date.parse(expires)))) {
    return 'has an "expires" that is no time such as "2030-01-31T00:00:00Z"';
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    return 'needs a "sha256" of 64 hex digits';
  }
  return undefined;
}

function isListOfWords(value: unknown): boolean {
  return Array.isArray(value) && value.every(isWord);
}
