import { isRecord } from '#base';
import { ApiResource, type Answer } from '#cluster';

/** The part of a custom resource definition that says which kinds it defines. */
interface Definition {
  metadata: { name: string };
  spec: {
    group: string;
    scope: string;
    names: { kind: string; plural: string; singular?: string; shortNames?: string[] };
    versions: { name: string; served: boolean }[];
  };
}

interface Group {
  metadata?: { name?: string };
  versions?: { version?: string; resources?: unknown[] }[];
}

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/**
 * The kinds that a chart defines. An API server serves them once helm has installed their
 * definitions.
 */
export class ChartKinds {
  /** The names of the definitions. */
  readonly names: readonly string[];
  private readonly resources: readonly ApiResource[];

  /** @param objects what the chart has in its folder `crds` */
  constructor(objects: readonly unknown[] = []) {
    const definitions = objects.filter(isDefinition);
    this.names = definitions.map(({ metadata }) => metadata.name);
    this.resources = definitions.flatMap(resourcesOf);
  }

  find(apiVersion: string, kind: string): ApiResource | undefined {
    return this.resources.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  }

  /** Whether a path belongs to objects of these kinds. */
  has(path: string): boolean {
    return this.resources.some(({ apiVersion, plural }) => {
      const [, root = '', rest = ''] =
        /^\/apis\/([^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?(.*)$/.exec(path) ?? [];
      return root === apiVersion && rest.split('/', 1)[0] === plural;
    });
  }

  /**
   * The answer to a request for all groups (aggregated discovery, KEP-3352) with these kinds added;
   * any other answer unchanged.
   */
  added(path: string, answer: Answer): Answer {
    if (path !== '/apis' || answer.status !== 200 || this.resources.length === 0) return answer;
    const list = JSON.parse(answer.body.toString()) as { kind?: string; items?: Group[] };
    if (list.kind !== 'APIGroupDiscoveryList' || !list.items) return answer;
    for (const resource of this.resources) addTo(list.items, resource);
    return { ...answer, body: Buffer.from(JSON.stringify(list)) };
  }
}

function addTo(
  groups: Group[],
  { group, version, kind, plural, singular, namespaced }: ApiResource,
) {
  let known = groups.find(({ metadata }) => metadata?.name === group);
  if (!known) groups.push((known = { metadata: { name: group }, versions: [] }));
  const versions = (known.versions ??= []);
  let served = versions.find((one) => one.version === version);
  if (!served) versions.push((served = { version, resources: [] }));
  (served.resources ??= []).push({
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: VERBS,
  });
}

function isDefinition(object: unknown): object is Definition {
  return (
    isRecord(object) && object['kind'] === 'CustomResourceDefinition' && isRecord(object['spec'])
  );
}

function resourcesOf({ spec: { group, scope, names, versions } }: Definition): ApiResource[] {
  const { kind, plural, singular = kind.toLowerCase(), shortNames = [] } = names;
  return versions
    .filter(({ served }) => served)
    .map(
      ({ name: version }) =>
        new ApiResource({
          group,
          version,
          kind,
          plural,
          singular,
          namespaced: scope === 'Namespaced',
          shortNames,
          verbs: VERBS,
          categories: [],
          subresources: [],
        }),
    );
}
