import { ApiResource, groupVersionOf } from './api-resource.js';

/**
 * The parts that we read of apidiscovery.k8s.io's APIGroupDiscoveryList (KEP-3352): all groups in
 * one answer.
 */
export interface AggregatedDiscovery {
  kind: 'APIGroupDiscoveryList';
  items: {
    metadata?: { name?: string };
    versions?: {
      version: string;
      freshness?: 'Current' | 'Stale';
      resources?: {
        resource: string;
        responseKind?: { kind?: string };
        scope: 'Namespaced' | 'Cluster';
        singularResource?: string;
        verbs?: string[];
        shortNames?: string[];
        categories?: string[];
        subresources?: { subresource: string }[];
      }[];
    }[];
  }[];
}

/**
 * The older form: `/api` and `/apis` name the groups, then one APIResourceList for each group and
 * version.
 */
export interface ResourceList {
  groupVersion: string;
  resources: {
    name: string;
    singularName?: string;
    kind: string;
    namespaced: boolean;
    verbs?: string[];
    shortNames?: string[];
    categories?: string[];
  }[];
}

/** Resource types in order of preference, and the `group/version`s whose server did not answer. */
export interface Catalogue {
  resources: ApiResource[];
  stale: string[];
}

/** The resource types that an aggregated discovery document names. */
export function readAggregated({ items }: AggregatedDiscovery): Catalogue {
  const resources: ApiResource[] = [];
  const stale: string[] = [];
  for (const { metadata, versions = [] } of items) {
    const group = metadata?.name ?? '';
    for (const { version, freshness, resources: listed = [] } of versions) {
      if (freshness === 'Stale') stale.push(group ? `${group}/${version}` : version);
      for (const item of listed) {
        const kind = item.responseKind?.kind;
        // Only its subresources are served, e.g. `deployments` of an aggregated API without objects
        // of its own.
        if (!kind) continue;
        resources.push(
          new ApiResource({
            group,
            version,
            kind,
            plural: item.resource,
            singular: item.singularResource || kind.toLowerCase(),
            namespaced: item.scope === 'Namespaced',
            shortNames: item.shortNames ?? [],
            verbs: item.verbs ?? [],
            categories: item.categories ?? [],
            subresources: (item.subresources ?? []).map(({ subresource }) => subresource),
          }),
        );
      }
    }
  }
  return { resources, stale };
}

/** The resource types of one group and version, without their subresources. */
export function readResourceList({ groupVersion, resources }: ResourceList): ApiResource[] {
  const { group, version } = groupVersionOf(groupVersion);
  const subresources = new Map<string, string[]>();
  for (const { name } of resources) {
    const slash = name.indexOf('/');
    if (slash < 0) continue;
    const plural = name.slice(0, slash);
    const others = subresources.get(plural);
    if (others) others.push(name.slice(slash + 1));
    else subresources.set(plural, [name.slice(slash + 1)]);
  }
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(
      (item) =>
        new ApiResource({
          group,
          version,
          kind: item.kind,
          plural: item.name,
          singular: item.singularName || item.kind.toLowerCase(),
          namespaced: item.namespaced,
          shortNames: item.shortNames ?? [],
          verbs: item.verbs ?? [],
          categories: item.categories ?? [],
          subresources: subresources.get(item.name) ?? [],
        }),
    );
}
