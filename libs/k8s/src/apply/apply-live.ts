import { fetchPages, ifFound, readObject, type Cluster, type KubernetesObject } from '#cluster';
import type { ApplyItem } from './apply-plan.js';

/** Objects of one kind and namespace from which on a list is cheaper than reading each. */
const LEAST_TO_LIST = 8;

/** Most objects that are listed for each one that is wanted, and of these in one page. */
const LIST_FACTOR = 8;
const PAGE_FACTOR = 2;
const MOST_IN_PAGE = 500;

/** Objects of one kind and namespace. */
interface Group {
  names: Set<string>;
  /** Those that were found, by name; there once the first of them is wanted. */
  listed?: Promise<Map<string, KubernetesObject>>;
}

/** The live objects of a manifest: many of one kind are read as one list. */
export class LiveObjects {
  private readonly groups: Map<string, Group>;

  constructor(
    private readonly cluster: Cluster,
    items: readonly ApplyItem[],
    private readonly signal: AbortSignal,
  ) {
    const groups = Array.from(Map.groupBy(items, groupOf), ([key, group]) => {
      return [key, { names: new Set(group.map(({ name }) => name)) }] as const;
    });
    this.groups = new Map(groups.filter(([, { names }]) => names.size >= LEAST_TO_LIST));
  }

  /**
   * An object as it is.
   * @param version the resourceVersion that it is known to have had just now; a listed object of
   * another one is out of date
   * @returns undefined if it is not there
   */
  async read(item: ApplyItem, version: unknown): Promise<KubernetesObject | undefined> {
    const group = this.groups.get(groupOf(item));
    if (group) group.listed ??= this.list(item, group.names);
    const listed = (await group?.listed)?.get(item.name);
    if (listed && listed.metadata?.['resourceVersion'] === version) return listed;
    return ifFound(readObject(this.cluster, item, this.signal));
  }

  /** As many as can be found at that cost: what is missing is read by itself. */
  private async list(
    { resource, namespace }: ApplyItem,
    names: ReadonlySet<string>,
  ): Promise<Map<string, KubernetesObject>> {
    const { apiVersion, kind } = resource;
    const found = new Map<string, KubernetesObject>();
    const limit = Math.min(names.size * PAGE_FACTOR, MOST_IN_PAGE);
    const pages = fetchPages<{ items: KubernetesObject[] }>(
      this.cluster,
      { resource, namespace },
      { limit, signal: this.signal },
    );
    let count = 0;
    try {
      for await (const { list } of pages) {
        for (const object of list.items) {
          const name = object.metadata?.name ?? '';
          if (names.has(name)) found.set(name, { kind, apiVersion, ...object });
        }
        count += list.items.length;
        if (found.size === names.size || count >= names.size * LIST_FACTOR) break;
      }
    } catch {
      // Not everybody who may read an object may list them, and any other failure comes again with
      // the object itself.
    }
    return found;
  }
}

function groupOf({ resource, namespace }: ApplyItem): string {
  return `${resource.apiVersion} ${resource.plural} ${namespace ?? ''}`;
}
