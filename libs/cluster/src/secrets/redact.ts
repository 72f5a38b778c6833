/**
 * The annotation with the object once more, as one line of text, for `kubectl apply` to compare
 * with.
 */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** An object or a list, as the API server sends it. */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    managedFields?: unknown;
    [field: string]: unknown;
  };
  items?: KubernetesObject[];
  [field: string]: unknown;
}

/**
 * Replaces in a Secret, and in every Secret of a list, each value of `data` and `stringData` and
 * the last-applied annotation by its size. The keys stay. Changes the object itself, which must be
 * the caller's own (freshly parsed), and returns it.
 * @param kind for the items of a typed list, which do not say their kind themselves
 */
export function redactSecrets<T extends KubernetesObject>(object: T, kind = object.kind): T {
  if (Array.isArray(object.items)) {
    const itemKind = kind === 'SecretList' ? 'Secret' : undefined;
    for (const item of object.items) redactSecrets(item, item.kind ?? itemKind);
  }
  if (kind !== 'Secret') return object;
  redactValues(object.data, (value) =>
    BASE64.test(value) ? Buffer.from(value, 'base64').length : Buffer.byteLength(value),
  );
  redactValues(object.stringData, (value) => Buffer.byteLength(value));
  const annotations = object.metadata?.annotations;
  const lastApplied = annotations?.[LAST_APPLIED];
  if (annotations && lastApplied !== undefined) {
    annotations[LAST_APPLIED] = redacted(Buffer.byteLength(lastApplied));
  }
  return object;
}

/**
 * Removes `metadata.managedFields` from an object and from the items of a list. Changes the object
 * itself and returns it.
 */
export function stripManagedFields<T extends KubernetesObject>(object: T): T {
  if (object.metadata) delete object.metadata.managedFields;
  if (Array.isArray(object.items)) object.items.forEach(stripManagedFields);
  return object;
}

function redactValues(values: unknown, sizeOf: (value: string) => number): void {
  if (typeof values !== 'object' || values === null) return;
  const record = values as Record<string, unknown>;
  for (const [key, value] of Object.entries(record)) {
    record[key] = redacted(sizeOf(typeof value === 'string' ? value : JSON.stringify(value)));
  }
}

/** What stands for a value of so many bytes. */
export function redacted(bytes: number): string {
  return `<redacted, ${bytes} bytes>`;
}
