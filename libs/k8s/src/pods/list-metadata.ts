import { fetchPages, type Cluster, type ListQuery } from '#cluster';

const METADATA_LIST =
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

/** An object of which only the metadata was read. */
export interface ObjectMetadata {
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    ownerReferences?: { uid: string; blockOwnerDeletion?: boolean }[];
  };
}

/** The metadata of all objects of a list. @throws ToolError as `Cluster.request` */
export async function listMetadata(
  cluster: Cluster,
  query: ListQuery,
  signal: AbortSignal,
): Promise<ObjectMetadata[]> {
  const objects: ObjectMetadata[] = [];
  // An empty list of metadata has null for its items.
  const pages = fetchPages<{ items?: ObjectMetadata[] | null }>(cluster, query, {
    accept: METADATA_LIST,
    limit: 500,
    signal,
  });
  for await (const { list, replaces } of pages) {
    if (replaces > 0) objects.splice(-replaces);
    for (const item of list.items ?? []) objects.push(item);
  }
  return objects;
}
