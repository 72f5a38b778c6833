import {
  groupVersionOf,
  ifFound,
  readDocuments,
  readObject,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import { ToolError } from '#tools';

/** An object as a chart has rendered it. */
export interface RenderedObject {
  apiVersion: string;
  kind: string;
  name: string;
  /** Its own namespace, or that of its release. Without meaning for cluster-scoped kinds. */
  namespace: string;
  object: KubernetesObject;
}

/**
 * The objects of a manifest, lists flattened.
 * @param namespace of the release
 * @throws ToolError `failed` for a manifest that cannot be read
 */
export async function renderedObjects(
  manifest: string,
  namespace: string,
  signal: AbortSignal,
): Promise<RenderedObject[]> {
  try {
    const documents = await readDocuments('manifest', manifest, signal, { lastKeyCounts: true });
    return documents.flatMap(({ value }) => objectsIn(value, namespace));
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'invalid_input') throw error;
    const message = `The rendered manifest cannot be read: ${error.message}`;
    throw new ToolError('failed', message, { cause: error });
  }
}

/** Identifies an object, whatever version of its kind it is written in. */
export function keyOf({ apiVersion, kind, namespace, name }: RenderedObject): string {
  const { group } = groupVersionOf(apiVersion);
  return `${kind}.${group}/${namespace}/${name}`;
}

/** `deployment.apps/web`, as kubectl names it. */
export function labelOf({ apiVersion, kind, name }: RenderedObject): string {
  const { group } = groupVersionOf(apiVersion);
  return `${kind.toLowerCase()}${group && `.${group}`}/${name}`;
}

/** The object as it is in the cluster; undefined if it, or its kind, does not exist. */
export function liveObject(
  cluster: Cluster,
  { apiVersion, kind, namespace, name }: RenderedObject,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const read = async () => {
    const resource = await cluster.discovery.resolveKind(apiVersion, kind, signal);
    return readObject(cluster, { resource, namespace, name }, signal);
  };
  return ifFound(read());
}

function objectsIn(value: unknown, namespace: string): RenderedObject[] {
  const object = value as KubernetesObject | null;
  if (Array.isArray(object?.items) && object.kind?.endsWith('List')) {
    return object.items.flatMap((item) => objectsIn(item, namespace));
  }
  const { apiVersion, kind, metadata } = object ?? {};
  if (!object || !apiVersion || !kind || !metadata?.name) return [];
  const { name } = metadata;
  return [{ apiVersion, kind, name, namespace: metadata.namespace ?? namespace, object }];
}
