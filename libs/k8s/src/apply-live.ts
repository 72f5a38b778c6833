import { ifFound, readObject, type Cluster, type KubernetesObject } from '#cluster';
import type { ApplyItem } from './apply-plan.js';

/** Objects of one kind and namespace from which on one list is cheaper than reading each. */
const LEAST_TO_LIST = 8;

/** Most objects that are listed for each one that is wanted. */
const LIST_FACTOR = 2;

/** The live objects of a manifest: many of one kind are read as one list. */
export class LiveObjects {
  private readonly lists = new Map<string, Promise<Map<string, KubernetesObject>>>();

  constructor(
    private readonly cluster: Cluster,
    items: readonly ApplyItem[],
    private readonly signal: AbortSignal,
  ) {
    for (const [key, group] of Map.groupBy(items, groupOf)) {
      const [first] = group;
      if (first && group.length >= LEAST_TO_LIST)
        this.lists.set(key, this.list(first, group.length));
    }
  }

  /**
   * An object as it is.
   * @param version the resourceVersion that it is known to have had just now; a listed object of another one is out of date
   * @returns undefined if it is not there
   */
  async read(item: ApplyItem, version: unknown): Promise<KubernetesObject | undefined> {
    const listed = (await this.lists.get(groupOf(item)))?.get(item.name);
    if (listed && listed.metadata?.['resourceVersion'] === version) return listed;
    return ifFound(readObject(this.cluster, item, this.signal));
  }

  /** The objects of the first page, which need not be all: what is missing is read by itself. */
  private async list(
    { resource, namespace }: ApplyItem,
    wanted: number,
  ): Promise<Map<string, KubernetesObject>> {
    const { apiVersion, kind } = resource;
    const limit = wanted * LIST_FACTOR;
    try {
      const list = await this.cluster.request<{ items: KubernetesObject[] }>(
        resource.path(namespace),
        { query: { limit }, signal: this.signal },
      );
      return new Map(
        list.items.map((object) => [object.metadata?.name ?? '', { kind, apiVersion, ...object }]),
      );
    } catch {
      // Not everybody who may read an object may list them, and any other failure comes again with the object itself.
      return new Map();
    }
  }
}

function groupOf({ resource, namespace }: ApplyItem): string {
  return `${resource.apiVersion} ${resource.plural} ${namespace ?? ''}`;
}
