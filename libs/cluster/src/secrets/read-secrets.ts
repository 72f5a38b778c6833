import { AsyncLocalStorage } from 'node:async_hooks';
import { isRecord } from '#tools';
import type { KubernetesObject } from '../redact.js';
import type { SecretValues } from './secret-values.js';

/** The paths of Secrets: a list, one of them, or what is below one. */
const SECRETS_PATH = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?secrets(?:[/?]|$)/;

const collected = new AsyncLocalStorage<SecretValues>();

/** Runs something and remembers meanwhile the values of the Secrets that it reads or writes. */
export function collectSecrets<T>(values: SecretValues, work: () => Promise<T>): Promise<T> {
  return collected.run(values, work);
}

/**
 * Remembers, for whoever collects them, the values of the Secrets in what was read from an API server, or is about to be sent to it: an object, a list, a Table, a JSON patch.
 * @param path the path of the request
 * @returns undefined where there is nothing to wait for
 * @throws ToolError as `SecretValues.addSecret`
 */
export function noteSecrets(path: string, document: unknown): Promise<void> | undefined {
  const values = collected.getStore();
  if (!values || typeof document !== 'object' || document === null) return undefined;
  const areSecrets = SECRETS_PATH.test(path);
  if (Array.isArray(document)) return areSecrets ? values.addJsonPatch(document) : undefined;
  const secrets: KubernetesObject[] = [];
  for (const object of objectsOf(document as KubernetesObject)) {
    if (object.kind === 'Secret' || areSecrets) secrets.push(object);
    else values.addNames(object);
  }
  return secrets.length > 0 ? addAll(values, secrets) : undefined;
}

async function addAll(values: SecretValues, secrets: readonly KubernetesObject[]): Promise<void> {
  for (const secret of secrets) await values.addSecret(secret);
}

/** The objects of a document: those of a list, those that the rows of a Table carry, or itself. */
function objectsOf(document: KubernetesObject): KubernetesObject[] {
  const { items, kind } = document;
  if (Array.isArray(items)) {
    const ofKind = kind === 'SecretList' ? { kind: 'Secret' } : {};
    return items.filter(isRecord).map((item) => ({ ...ofKind, ...item }));
  }
  if (kind !== 'Table') return [document];
  const rows = Array.isArray(document['rows']) ? document['rows'].filter(isRecord) : [];
  return rows.map(({ object }) => object).filter(isRecord);
}
