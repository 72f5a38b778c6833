import { createHmac } from 'node:crypto';
import { isRecord } from '#base';
import type { PropertySchema } from '#tools';

/** What is kept of a text that may be secret. Equal texts have equal digests. */
export interface TextDigest {
  /** HMAC-SHA256 in hexadecimal digits. */
  readonly digest: string;
  /** In characters; in bytes for a body that was sent as bytes and is not JSON. */
  readonly length: number;
}

export type AuditedValue = string | number | boolean | TextDigest;

export type AuditedArguments = Readonly<Record<string, AuditedValue>>;

/** Holds the digest of all parameters that the tool does not have. Their names may be text. */
const UNKNOWN = '(unknown)';
/** Where the digest of arguments stands that are no map of parameters. */
const WHOLE = '(arguments)';

/** A name, an image, an address or a list of them: no blanks, and nothing of a query. */
const NAME_LIKE = /^[\w.:@/+*,=!~-]{0,512}$/;
/** A user, and perhaps a password, in an address. */
const USER_INFO = /\/\/[^/]*@/;

/**
 * What the record keeps of the arguments of a call. Numbers, booleans, choices and names stay as
 * they are, where the schema of the tool asks for such. Of every other value a digest and the
 * length are kept.
 * @param args as the tool got them, or as the caller sent them where they were refused
 * @param key of the digests: without it nobody can find a short text by trying
 */
export function auditedArguments(
  args: unknown,
  schema: Readonly<Record<string, PropertySchema>>,
  key: Uint8Array,
): AuditedArguments {
  if (!isRecord(args)) return args === undefined ? {} : { [WHOLE]: digestOf(args, key) };
  const audited: Record<string, AuditedValue> = {};
  const unknown: [string, unknown][] = [];
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || value === null) continue;
    if (!Object.hasOwn(schema, name)) unknown.push([name, value]);
    else audited[name] = isPlain(value, schema[name]!) ? value : digestOf(value, key);
  }
  if (unknown.length > 0) audited[UNKNOWN] = digestOf(unknown, key);
  return audited;
}

function isPlain(
  value: unknown,
  { type, enum: choices, pattern }: PropertySchema,
): value is string | number | boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer') return Number.isSafeInteger(value);
  if (typeof value !== 'string') return false;
  if (choices) return choices.includes(value);
  // Free text has no pattern.
  if (pattern === undefined || !NAME_LIKE.test(value) || USER_INFO.test(value)) return false;
  return compiled(pattern).test(value);
}

/** The patterns of all tools, each compiled once. */
const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  let known = patterns.get(pattern);
  if (!known) patterns.set(pattern, (known = new RegExp(pattern)));
  return known;
}

/** The keyed digest of a text, or of bytes. */
export function textDigest(text: string | Uint8Array, key: Uint8Array): TextDigest {
  const digest = createHmac('sha256', key).update(text).digest('hex');
  return { digest, length: text.length };
}

function digestOf(value: unknown, key: Uint8Array): TextDigest {
  return textDigest(typeof value === 'string' ? value : jsonOf(value), key);
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // A caller may nest lists more deeply than the stack holds.
    return '(nested too deeply)';
  }
}
