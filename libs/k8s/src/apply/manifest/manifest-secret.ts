import { isRecord } from '#base';
import type { KubernetesObject } from '#cluster';
import { ToolError } from '#tools';
import { manifestError } from './manifest-error.js';

/** Shorter values could be parts of many words of a message. */
const MIN_LENGTH = 4;

/** Without groups of four characters, which would need memory for each group. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * A Secret with all of its values under `data`. The API server also converts `stringData`, but then
 * does not know that the manifest owns those keys. It would keep a key that a later manifest leaves
 * out.
 * @throws ToolError `invalid_input` for a value that is not text or not base64. The message of the
 * API server would quote the value
 */
export function dataOfSecret(secret: KubernetesObject, place: string): KubernetesObject {
  const { data, stringData, ...rest } = secret;
  const encoded = entriesOf(data, `In ${place}: data`).map(([key, value]) => {
    if (isBase64(value.replace(/[\r\n]/g, ''))) return [key, value];
    throw manifestError(`In ${place}: data.${key} is not base64. Use stringData for plain text.`);
  });
  const plain = entriesOf(stringData, `In ${place}: stringData`).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  if (encoded.length + plain.length === 0) return rest;
  return { ...rest, data: Object.fromEntries([...encoded, ...plain]) as object };
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && BASE64.test(text);
}

/**
 * An error without the values of a Secret, in case something (such as an admission webhook) has
 * quoted one.
 */
export function withoutValues(error: ToolError, { kind, data }: KubernetesObject): ToolError {
  if (kind !== 'Secret' || !isRecord(data)) return error;
  const values = Object.values(data)
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value, Buffer.from(value, 'base64').toString()])
    .filter((value) => value.length >= MIN_LENGTH);
  const message = values.reduce(
    (text, value) => text.replaceAll(value, '<redacted>'),
    error.message,
  );
  return message === error.message ? error : error.with({ message, cause: undefined });
}

function entriesOf(values: unknown, what: string): [string, string][] {
  if (values === undefined || values === null) return [];
  if (!isRecord(values)) throw manifestError(`${what} must be a map of texts.`);
  return Object.entries(values).map(([key, value]) => {
    if (typeof value === 'string') return [key, value];
    throw manifestError(`${what}.${key} must be text: put it in quotes.`);
  });
}
