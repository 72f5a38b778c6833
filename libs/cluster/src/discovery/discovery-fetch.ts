import {
  readAggregated,
  readResourceList,
  type AggregatedDiscovery,
  type Catalogue,
  type ResourceList,
} from './discovery-documents.js';

/** A GET that answers with JSON. */
export type GetJson = <T>(path: string, accept?: string) => Promise<T>;

interface ApiVersions {
  kind: 'APIVersions';
  versions: string[];
}

interface ApiGroupList {
  kind: 'APIGroupList';
  groups: {
    name: string;
    preferredVersion: { version: string };
    versions: { groupVersion: string; version: string }[];
  }[];
}

const ACCEPT = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/**
 * Reads all resource types of an API server, core group first, then in the server's own order,
 * preferred versions first.
 */
export async function fetchCatalogue(get: GetJson): Promise<Catalogue> {
  const [core, groups] = await Promise.all([
    get<AggregatedDiscovery | ApiVersions>('/api', ACCEPT),
    get<AggregatedDiscovery | ApiGroupList>('/apis', ACCEPT),
  ]);
  const parts = await Promise.all([
    core.kind === 'APIGroupDiscoveryList'
      ? readAggregated(core)
      : fetchEach(
          get,
          core.versions.map((version) => ({ path: `/api/${version}`, name: version })),
        ),
    groups.kind === 'APIGroupDiscoveryList'
      ? readAggregated(groups)
      : fetchEach(get, groupVersions(groups)),
  ]);
  return {
    resources: parts.flatMap(({ resources }) => resources),
    stale: parts.flatMap(({ stale }) => stale),
  };
}

function groupVersions({ groups }: ApiGroupList): { path: string; name: string }[] {
  return groups.flatMap(({ versions, preferredVersion }) => {
    const rank = ({ version }: { version: string }) =>
      version === preferredVersion.version ? 0 : 1;
    return versions
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ groupVersion }) => ({ path: `/apis/${groupVersion}`, name: groupVersion }));
  });
}

async function fetchEach(
  get: GetJson,
  lists: { path: string; name: string }[],
): Promise<Catalogue> {
  const answers = await Promise.allSettled(lists.map(({ path }) => get<ResourceList>(path)));
  return {
    resources: answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? readResourceList(answer.value) : [],
    ),
    // One broken aggregated API must not hide the others.
    stale: lists.flatMap(({ name }, index) =>
      answers[index]?.status === 'rejected' ? [name] : [],
    ),
  };
}
