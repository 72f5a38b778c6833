import { isRecord } from '#base';
import { LAST_APPLIED, redacted } from '#cluster';

const VALUE_FIELDS = ['data', 'stringdata'];
/** Shortest value, in characters, that is searched for in the rest of its document. */
const MIN_LENGTH = 8;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

type Fields = Record<string, unknown>;

/** A Secret of a manifest, its values as texts. */
export interface ManifestSecret {
  kind: 'Secret';
  metadata: Fields;
  data: Record<string, string>;
  stringData: Record<string, string>;
}

/** Data with the values of every Secret shown as their size, and those Secrets. */
export interface Redaction {
  value: unknown;
  secrets: ManifestSecret[];
}

/**
 * Redacts the Secrets of a document, at any depth. Names of fields are compared as Go compares them
 * in JSON: without case.
 */
export function redactDocument(document: unknown): Redaction {
  const secrets: ManifestSecret[] = [];
  const walk = (value: unknown, isItem: boolean): unknown => {
    const plain = value instanceof Uint8Array ? Buffer.from(value).toString() : value;
    if (Array.isArray(plain)) return plain.map((item) => walk(item, isItem));
    if (!isRecord(plain)) return plain;
    const kind = kindOf(plain);
    // Items of a SecretList need not name their kind.
    const isSecret = kind === 'secret' || (isItem && (kind === undefined || kind === ''));
    if (isSecret && hasValues(plain)) {
      secrets.push(secretOf(plain));
      return redactSecret(plain);
    }
    const entries = Object.entries(plain).map(([key, item]) => {
      const areItems = kind === 'secretlist' && key.toLowerCase() === 'items';
      return [key, walk(item, areItems)];
    });
    return Object.fromEntries(entries) as Fields;
  };
  return { value: walk(document, false), secrets };
}

/**
 * The forms in which the values of a Secret may appear in a text: plain, encoded in base64, and
 * decoded. Short values are left out, because they match ordinary words.
 */
export function formsOf({ metadata, data, stringData }: ManifestSecret): string[] {
  const values = [...Object.values(data), ...Object.values(stringData)];
  const forms = values.flatMap((value) => {
    const bytes = value.replace(/\s/g, '');
    const decoded = BASE64.test(bytes) ? [Buffer.from(bytes, 'base64').toString()] : [];
    return [value.trim(), bytes, ...decoded, Buffer.from(value).toString('base64')];
  });
  return forms.filter((form) => form.length >= MIN_LENGTH && form !== metadata['name']);
}

/** The same data, in which every text that contains one of the given texts is redacted. */
export function withoutTexts(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string')
    return texts.some((one) => value.includes(one)) ? '<redacted>' : value;
  if (Array.isArray(value)) return value.map((item) => withoutTexts(item, texts));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withoutTexts(item, texts)]);
  return Object.fromEntries(entries) as Fields;
}

/** Whether a field of a Secret holds its values. */
export function holdsValues(field: string): boolean {
  return VALUE_FIELDS.includes(field.toLowerCase());
}

/**
 * What is shown in place of a value.
 * @param isEncoded whether it should be in base64
 */
export function redactedValue(value: unknown, isEncoded: boolean): string {
  const text = textOf(value);
  const bytes = text.replace(/\s/g, '');
  const isBase64 = isEncoded && BASE64.test(bytes);
  return redacted(isBase64 ? Buffer.from(bytes, 'base64').length : Buffer.byteLength(text));
}

/** A mere reference to a Secret has no values. */
function hasValues(secret: Fields): boolean {
  const { metadata } = secret;
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined;
  const isApplied = isRecord(annotations) && LAST_APPLIED in annotations;
  return isApplied || Object.keys(secret).some(holdsValues);
}

function kindOf(object: Fields): string | undefined {
  const kinds = Object.entries(object)
    .filter(([key]) => key.toLowerCase() === 'kind')
    .map(([, kind]) => textOf(kind).toLowerCase());
  return kinds.find((kind) => kind === 'secret' || kind === 'secretlist') ?? kinds[0];
}

function redactSecret(secret: Fields): Fields {
  const entries = Object.entries(secret).map(([key, value]) => {
    if (holdsValues(key)) return [key, redactValues(value, key.toLowerCase() === 'data')];
    return [key, key.toLowerCase() === 'metadata' ? withoutLastApplied(value) : value];
  });
  return Object.fromEntries(entries) as Fields;
}

function redactValues(values: unknown, isEncoded: boolean): unknown {
  if (values === null || values === undefined) return values;
  if (!isRecord(values) || values instanceof Uint8Array) return '<redacted>';
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, redactedValue(value, isEncoded)]),
  );
}

function withoutLastApplied(metadata: unknown): unknown {
  if (!isRecord(metadata) || !isRecord(metadata['annotations'])) return metadata;
  const { [LAST_APPLIED]: applied, ...others } = metadata['annotations'];
  if (applied === undefined) return metadata;
  const annotations = { ...others, [LAST_APPLIED]: redactedValue(applied, false) };
  return { ...metadata, annotations };
}

function secretOf(secret: Fields): ManifestSecret {
  const found: ManifestSecret = { kind: 'Secret', metadata: {}, data: {}, stringData: {} };
  for (const [key, value] of Object.entries(secret)) {
    const field = key.toLowerCase();
    if (field === 'metadata' && isRecord(value)) found.metadata = value;
    if (!holdsValues(key)) continue;
    const values = isRecord(value) && !(value instanceof Uint8Array) ? value : { value };
    const texts = Object.entries(values).map(([name, item]) => [name, textOf(item)]);
    Object.assign(field === 'data' ? found.data : found.stringData, Object.fromEntries(texts));
  }
  return found;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return JSON.stringify(value ?? null);
}
