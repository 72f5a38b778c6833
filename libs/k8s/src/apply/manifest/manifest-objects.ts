import { isRecord, Turns } from '#base';
import { LAST_APPLIED, type KubernetesObject, type TextDocument } from '#cluster';
import { manifestError } from './manifest-error.js';
import { dataOfSecret } from './manifest-secret.js';

/** An object of a manifest, ready to be applied. */
export interface ManifestObject {
  /** Its position, for messages: "document 2 (line 14)". */
  place: string;
  apiVersion: string;
  kind: string;
  name: string;
  namespace: string | undefined;
  object: KubernetesObject;
}

/**
 * Metadata that the API server writes. It has no meaning in a manifest, and an apply with
 * managedFields is refused.
 */
const SERVER_FIELDS = [
  'creationTimestamp',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/**
 * The objects of a manifest, also those in lists, without the metadata of the API server.
 * @throws ToolError `invalid_input` that says which document is not an object
 */
export async function manifestObjects(
  documents: readonly TextDocument[],
): Promise<ManifestObject[]> {
  const turns = new Turns();
  const objects: ManifestObject[] = [];
  for (const [index, { value, line }] of documents.entries()) {
    for (const [item, place] of flatten(value, `document ${index + 1} (line ${line})`)) {
      await turns.pass();
      objects.push(readObject(item, place));
    }
  }
  if (objects.length === 0) throw manifestError('The manifest has no objects.');
  return objects;
}

function flatten(value: unknown, place: string): [unknown, string][] {
  if (!isRecord(value) || !Array.isArray(value['items'])) return [[value, place]];
  const { apiVersion, kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List')) return [[value, place]];
  // The items of a typed list may leave out their kind.
  const type = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.flatMap((item: unknown, index) =>
    flatten(isRecord(item) ? { ...type, ...item } : item, `${place}, item ${index + 1}`),
  );
}

function readObject(value: unknown, place: string): ManifestObject {
  if (!isRecord(value)) throw manifestError(`In ${place}: not a Kubernetes object.`);
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  const [apiVersion, kind] = [value['apiVersion'], value['kind']];
  const { name, namespace } = metadata;
  const missing = Object.entries({ apiVersion, kind, 'metadata.name': name })
    .filter(([, text]) => typeof text !== 'string' || text === '')
    .map(([field]) => field);
  if (missing.length > 0) {
    const hint = metadata['generateName'] ? ' generateName cannot be applied: give a name.' : '';
    throw manifestError(`In ${place}: ${missing.join(' and ')} must be given, as text.${hint}`);
  }
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    throw manifestError(`In ${place}: metadata.namespace must be text.`);
  }
  const object = { ...value, metadata: withoutServerFields(metadata) } as KubernetesObject;
  const isSecret = apiVersion === 'v1' && kind === 'Secret';
  return {
    place,
    apiVersion: apiVersion as string,
    kind: kind as string,
    name: name as string,
    namespace: (namespace as string | null) || undefined,
    object: isSecret ? dataOfSecret(object, place) : object,
  };
}

function withoutServerFields(metadata: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field));
  const own = Object.fromEntries(kept);
  if (isRecord(own['annotations'])) {
    const { [LAST_APPLIED]: _, ...annotations } = own['annotations'];
    own['annotations'] = annotations;
  }
  return own;
}
