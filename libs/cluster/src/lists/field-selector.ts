import { isRecord } from '#base';
import { invalidField, ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import type { ApiResource } from '../discovery/api-resource.js';
import { apiStatusOf } from '../http/api-error.js';

/** The API server's two refusals of a field that it knows, but does not select by. */
const UNSUPPORTED = /field label not supported: (\S+)|"?(\S+?)"? is not a known field selector/;

const EVERY_KIND = ['metadata.name', 'metadata.namespace'];

const INVOLVED = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** What built-in kinds select by beside name and namespace. The API server publishes it nowhere. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [...INVOLVED.map((field) => `involvedObject.${field}`), 'type', 'reason', 'source'],
  'events.events.k8s.io': [
    ...INVOLVED.map((field) => `regarding.${field}`),
    'type',
    'reason',
    'reportingController',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  services: ['spec.clusterIP', 'spec.type'],
  replicationcontrollers: ['status.replicas'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
  'certificatesigningrequests.certificates.k8s.io': ['spec.signerName'],
};

/**
 * The failure of a list with a field selector. Where the kind does not select by a field, the
 * failure says which fields it does select by.
 */
export async function withSelectableFields(
  cluster: Cluster,
  resource: ApiResource,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const [, field, other] = UNSUPPORTED.exec(apiStatusOf(error)?.message ?? '') ?? [];
  const unsupported = field ?? other;
  if (unsupported === undefined) return error;
  const own = BUILT_IN[resource.groupResource] ?? (await declared(cluster, resource, signal));
  const scope = resource.namespaced ? EVERY_KIND : EVERY_KIND.slice(0, 1);
  const accepts = [...scope, ...own].join(', ');
  return invalidField(
    'field_selector',
    `names "${unsupported}", by which ${resource.groupResource} cannot be selected. They can be by ${accepts}`,
    { accepts, cause: error },
  );
}

/** What the definition of a custom resource declares; nothing where it cannot be read. */
async function declared(
  cluster: Cluster,
  { groupResource, version }: ApiResource,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (!groupResource.includes('.')) return [];
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${groupResource}`;
  try {
    const definition = await cluster.request<CustomResourceDefinition>(path, { signal });
    const served = definition.spec?.versions?.find(({ name }) => name === version);
    return (served?.selectableFields ?? [])
      .filter(isRecord)
      .map(({ jsonPath }) => String(jsonPath).replace(/^\./, ''));
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'cancelled') return [];
    throw error;
  }
}

/** What is read of one. */
interface CustomResourceDefinition {
  spec?: { versions?: { name: string; selectableFields?: { jsonPath?: string }[] }[] };
}
