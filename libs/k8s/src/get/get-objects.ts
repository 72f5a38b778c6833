import {
  namespaceToList,
  printResources,
  READING_COMMENT,
  type ApiResource,
  type Cluster,
  type ListQuery,
  type Printed,
} from '#cluster';
import { invalidField, type ToolCall } from '#tools';
import { cursorOf } from './cursor.js';
import { printOptions } from './get-options.js';
import type { GetDto } from './get.dto.js';

/** A kind to get; in the form kind/name, one object of it. */
interface Wanted {
  resource: ApiResource;
  name?: string;
}

/** Most objects that one call may name, over all kinds: each is a request. */
const MAX_NAMED = 1_000;

/**
 * What `kubectl get` prints for the query, or the fields that it asks for.
 * @throws ToolError `invalid_input` for parameters that contradict each other and for paths that no
 * object has, `not_found` for an unknown kind or name
 */
export async function getObjects(cluster: Cluster, query: GetDto, call: ToolCall): Promise<string> {
  const queries = await queriesOf(cluster, query, call.signal);
  const options = printOptions(cluster, query, queries, call);
  const { notes, ...printed } = await printResources(cluster, queries, options);
  const remarks = printed.truncated ? [...notes, wayOn(cluster, queries, query, printed)] : notes;
  const comment = query.output === 'yaml' ? [READING_COMMENT] : [];
  return [printed.text, ...comment, ...remarks.map((remark) => `[${remark}]`)].join('\n');
}

/** How to get what the text has no room for. */
function wayOn(
  cluster: Cluster,
  queries: readonly ListQuery[],
  query: GetDto,
  { shown, remaining, next }: Printed,
): string {
  const left = remaining === undefined ? 'there are more' : `${remaining} more are left`;
  const [first] = queries;
  if (next !== undefined && first) {
    return `${shown} shown; ${left}. Go on with cursor="${cursorOf(cluster, first, next)}".`;
  }
  if (shown === query.limit) return `${shown} shown by limit; ${left}.`;
  return `Cut after ${shown} objects; ${left}. ${narrowerCall(queries, query)}.`;
}

/** How to ask for less, where the answer cannot be read on by a cursor. */
function narrowerCall(
  queries: readonly ListQuery[],
  { output, sort_by, distinct }: GetDto,
): string {
  const fields = output === 'yaml' || output === 'json' ? ', or ask for fields' : '';
  if (queries.some(({ names }) => names)) return `Name fewer objects${fields}`;
  const narrow = `Narrow the query by namespace, name or selectors${fields}`;
  const kinds = new Set(queries.map(({ resource }) => resource.plural));
  if (kinds.size > 1) return `${narrow}, or ask for each kind by itself: that gives a cursor`;
  if (sort_by !== undefined && !distinct)
    return `${narrow}, or leave out sort_by: that gives a cursor`;
  return narrow;
}

async function queriesOf(
  cluster: Cluster,
  query: GetDto,
  signal: AbortSignal,
): Promise<ListQuery[]> {
  const { resource_type, name, all_namespaces } = query;
  const selectors = { labelSelector: query.label_selector, fieldSelector: query.field_selector };
  const where = namespaceToList(cluster, query);
  const names = name?.split(/[, ]+/);
  const wanted = await wantedIn(cluster, resource_type, signal);
  if (names && wanted.some((one) => one.name !== undefined)) {
    throw invalidField('name', 'cannot be given when resource_type is already kind/name');
  }
  if (names || wanted.some((one) => one.name !== undefined)) {
    const selects = (['label_selector', 'field_selector'] as const).find((field) => query[field]);
    if (selects) throw invalidField(selects, 'cannot be given together with a name');
  }
  if (names && wanted.length * names.length > MAX_NAMED) {
    const asked = `names ${names.length} objects for each of ${wanted.length} kinds`;
    throw invalidField('name', `${asked}; one call may name ${MAX_NAMED} in all`);
  }
  return wanted.flatMap((one): ListQuery[] => {
    const { resource } = one;
    const wantedNames = one.name === undefined ? names : [one.name];
    const namespace = resource.namespaced ? where : undefined;
    if (!wantedNames) return [{ resource, namespace, ...selectors }];
    if (!resource.namespaced || !all_namespaces)
      return [{ resource, namespace, names: wantedNames }];
    // A name in every namespace: the API server can filter by it.
    return wantedNames.map((wantedName) => ({
      resource,
      fieldSelector: `metadata.name=${wantedName}`,
    }));
  });
}

/**
 * What `resource_type` asks for. As in kubectl, a kind that is named twice, also by a category, is
 * listed once, but an object that is named twice is shown twice.
 */
async function wantedIn(cluster: Cluster, text: string, signal: AbortSignal): Promise<Wanted[]> {
  const found: Wanted[] = [];
  const kinds = new Set<string>();
  for (const part of text.split(',')) {
    const [kind = '', name] = part.split('/');
    if (name !== undefined) {
      found.push({ resource: await cluster.discovery.resolve(kind, signal), name });
      continue;
    }
    const category = await cluster.discovery.category(kind, signal);
    const resources =
      category.length > 0 ? category : [await cluster.discovery.resolve(kind, signal)];
    for (const resource of resources) {
      if (kinds.has(resource.groupResource)) continue;
      kinds.add(resource.groupResource);
      found.push({ resource });
    }
  }
  return found;
}
