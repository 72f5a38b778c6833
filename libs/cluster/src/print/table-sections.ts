import type { ApiResource } from '../discovery/api-resource.js';
import type { ListQuery } from '../lists/list-pages.js';

/** Neighbouring queries of one resource type, which kubectl prints as one table. */
export interface SectionQuery {
  resource: ApiResource;
  queries: ListQuery[];
}

/** Puts neighbours of one resource type together. */
export function sectionsOf(queries: readonly ListQuery[]): SectionQuery[] {
  const sections: SectionQuery[] = [];
  for (const query of queries) {
    const last = sections.at(-1);
    if (last?.resource === query.resource) last.queries.push(query);
    else sections.push({ resource: query.resource, queries: [query] });
  }
  return sections;
}

/** kubectl's sentence for nothing found. */
export function nothingFound(queries: readonly ListQuery[]): string {
  const namespace = queries[0]?.namespace;
  const inNamespace = queries.every(
    (query) => query.resource.namespaced && query.namespace !== undefined,
  );
  return inNamespace ? `No resources found in ${namespace} namespace.` : 'No resources found';
}
