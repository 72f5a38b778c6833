import { AsyncLocalStorage } from 'node:async_hooks';
import { isRecord } from '#base';
import type { KubernetesObject } from './redact.js';
import type { SecretValues } from './secret-values.js';

/** The paths of Secrets: a list, one of them, or what is below one. */
const SECRETS_PATH = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?secrets(?:[/?]|$)/;

const collected = new AsyncLocalStorage<SecretValues>();

/** Runs a function and remembers the values of the Secrets that it reads or writes. */
export function collectSecrets<T>(values: SecretValues, work: () => Promise<T>): Promise<T> {
  return collected.run(values, work);
}

/**
 * Remembers, for whoever collects them, the values of the Secrets in what an API server has
 * answered: an object, a list, a Table.
 * @param path the path of the request
 * @param isRead whether it was a read. What a write gives back has names that the caller may have
 * sent: only the object's own counts.
 * @returns undefined where there is nothing to wait for
 * @throws ToolError as `SecretValues.addSecret`
 */
export function noteAnswer(
  path: string,
  document: unknown,
  isRead: boolean,
): Promise<void> | undefined {
  const values = collected.getStore();
  if (!values || !isRecord(document)) return undefined;
  const areSecrets = isOfSecrets(path, document);
  const secrets: KubernetesObject[] = [];
  for (const object of objectsOf(document)) {
    if (!isRecord(object)) continue;
    const isSecret = areSecrets || object['kind'] === 'Secret';
    if (isRead) values.addNames(object, isSecret);
    else values.addName(object);
    if (isSecret) secrets.push(object);
  }
  return secrets.length > 0 ? addAll(values, secrets) : undefined;
}

/** As `noteAnswer`, for what is about to be sent: an object, a part of one, a JSON patch. */
export function noteSent(path: string, body: unknown): Promise<void> | undefined {
  const values = collected.getStore();
  if (!values) return undefined;
  if (Array.isArray(body)) return SECRETS_PATH.test(path) ? values.addJsonPatch(body) : undefined;
  if (!isRecord(body)) return undefined;
  const areSecrets = isOfSecrets(path, body);
  const secrets = objectsOf(body)
    .filter(isRecord)
    .filter(({ kind }) => areSecrets || kind === 'Secret');
  return secrets.length > 0 ? addAll(values, secrets) : undefined;
}

/** A short text without the values that were remembered so far. */
export function withoutCollected(text: string): string {
  const values = collected.getStore();
  return values && !values.isEmpty ? values.redactShort(text) : text;
}

async function addAll(values: SecretValues, secrets: readonly KubernetesObject[]): Promise<void> {
  for (const secret of secrets) await values.addSecret(secret);
}

/** Whether all objects of a document are Secrets: those of a list do not say so themselves. */
function isOfSecrets(path: string, { kind }: KubernetesObject): boolean {
  return kind === 'SecretList' || SECRETS_PATH.test(path);
}

/** The objects of a document: those of a list, those that the rows of a Table carry, or itself. */
function objectsOf(document: KubernetesObject): readonly unknown[] {
  const { items, kind } = document;
  if (Array.isArray(items)) return items;
  return kind === 'Table' ? carriedBy(document) : [document];
}

function carriedBy({ rows }: KubernetesObject): unknown[] {
  return Array.isArray(rows) ? rows.filter(isRecord).map(({ object }) => object) : [];
}
