import { fetchPages, ifFound, readObject, type Cluster, type KubernetesObject } from '#cluster';
import type { ApplyItem } from './apply-plan.js';

/** From this number of objects of one kind and namespace, a list is cheaper than single reads. */
const MIN_TO_LIST = 8;

/** Most objects to list for each wanted one: in all, and in one page. */
const LIST_FACTOR = 8;
const PAGE_FACTOR = 2;
const MAX_IN_PAGE = 500;

/** Objects of one kind and namespace. */
interface Group {
  names: Set<string>;
  /** The objects that were found, by name. Set when the first object is read. */
  listed?: Promise<Map<string, KubernetesObject>>;
}

/** Reads the live objects of a manifest. Many objects of one kind are read as one list. */
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
    this.groups = new Map(groups.filter(([, { names }]) => names.size >= MIN_TO_LIST));
  }

  /**
   * Reads an object.
   * @param version its latest known resourceVersion; a listed object of another version is outdated
   * @returns undefined if it does not exist
   */
  async read(item: ApplyItem, version: unknown): Promise<KubernetesObject | undefined> {
    const group = this.groups.get(groupOf(item));
    if (group) group.listed ??= this.list(item, group.names);
    const listed = (await group?.listed)?.get(item.name);
    if (listed && listed.metadata?.['resourceVersion'] === version) return listed;
    return ifFound(readObject(this.cluster, item, this.signal));
  }

  /** Lists the objects, up to a number of pages. Missing ones are read one by one. */
  private async list(
    { resource, namespace }: ApplyItem,
    names: ReadonlySet<string>,
  ): Promise<Map<string, KubernetesObject>> {
    const { apiVersion, kind } = resource;
    const found = new Map<string, KubernetesObject>();
    const limit = Math.min(names.size * PAGE_FACTOR, MAX_IN_PAGE);
    const pages = fetchPages<{ items: KubernetesObject[] }>(
      this.cluster,
      { resource, namespace },
      { limit, most: limit, signal: this.signal },
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
      // The right to read an object does not include the right to list. Any other failure will
      // occur again when the object is read.
    }
    return found;
  }
}

function groupOf({ resource, namespace }: ApplyItem): string {
  return `${resource.apiVersion} ${resource.plural} ${namespace ?? ''}`;
}
