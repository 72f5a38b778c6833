import type { Effect } from '#tools';

/** What the policy asks of a tool. */
export interface ToolFacts {
  readonly name: string;
  readonly category: string;
  /** Every effect that a call of it can have. */
  readonly effects: readonly Effect[];
}

/** What the policy asks of a request to an API server. */
export interface RequestFacts {
  /** The name of the kubeconfig context. */
  readonly context: string;
  /** The verb as in RBAC: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, … */
  readonly verb: string;
  /** The API group; `''` is the core group. */
  readonly group: string;
  /** The plural, e.g. `deployments`; `''` for a path that is no resource, such as `/version`. */
  readonly resource: string;
  /** The kind, wherever it is known. A plural that does not follow from it needs it. */
  readonly kind?: string | undefined;
  /** `''` for none. */
  readonly subresource: string;
  /** `''` for an object in no namespace, and for a read of all namespaces. */
  readonly namespace: string;
  /**
   * `''` for a read of many objects, and for an object whose name the API server makes. A list or
   * watch by the field selector `metadata.name` has that name.
   */
  readonly name: string;
  /** Whether its objects are in namespaces. Left out if that is not known. */
  readonly isNamespaced?: boolean | undefined;
  readonly isDryRun: boolean;
  /** What it does if it is no dry run, whoever is given rights by it. */
  readonly effect: Effect;
}

/** Resources of Kubernetes that are in no namespace and that callers often read. */
const CLUSTER_SCOPED = new Set([
  'apiservices',
  'certificatesigningrequests',
  'clusterrolebindings',
  'clusterroles',
  'customresourcedefinitions',
  'ingressclasses',
  'mutatingwebhookconfigurations',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'priorityclasses',
  'runtimeclasses',
  'storageclasses',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'validatingwebhookconfigurations',
  'volumeattachments',
]);

/** Whether a request reads or deletes objects of all namespaces. Kinds not known count as such. */
export function isOfAllNamespaces(request: RequestFacts): boolean {
  const { namespace, name, verb, resource, isNamespaced } = request;
  if (namespace !== '' || name !== '' || verb === 'create') return false;
  return isNamespaced ?? !CLUSTER_SCOPED.has(resource);
}
