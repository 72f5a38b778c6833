import { fetchPages, type Cluster, type ListQuery } from '#cluster';

const METADATA_LIST =
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

/** An object that was read without its spec and status. */
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
  // The items of an empty metadata list are null.
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
