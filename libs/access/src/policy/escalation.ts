import { isRecord } from '#base';
import { matchAny, type TextMatch } from './glob.js';
import { podEscalation, podSpecsIn } from './pod-escalation.js';
import type { RequestFacts } from './request-facts.js';
import { volumeEscalation } from './volume-escalation.js';

/** Whole API groups whose objects give rights, or decide what is let in. */
const GROUPS: Readonly<Record<string, string>> = {
  'rbac.authorization.k8s.io': 'it changes who has which rights (RBAC)',
  'apiextensions.k8s.io': 'it changes which kinds there are (CustomResourceDefinition)',
  'apiregistration.k8s.io': 'it changes who answers for an API (APIService)',
  'admissionregistration.k8s.io': 'it changes what is let in (webhooks, admission policies)',
  'kyverno.io': 'it changes what is let in (Kyverno policies)',
  'policies.kyverno.io': 'it changes what is let in (Kyverno policies)',
  'templates.gatekeeper.sh': 'it changes what is let in (Gatekeeper policies)',
  'constraints.gatekeeper.sh': 'it changes what is let in (Gatekeeper policies)',
  'certificates.k8s.io': 'it asks for a certificate, or signs one',
};

/** Resources of the core group. */
const CORE: Readonly<Record<string, string>> = {
  namespaces: 'it changes a Namespace, and with it what holds for all in it',
  nodes: 'it changes a Node',
};

/** Where the cluster keeps its own parts. */
const SYSTEM_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

const TOKEN_SECRETS = new Set([
  'kubernetes.io/service-account-token',
  'bootstrap.kubernetes.io/token',
]);

/** Annotations by which a service account gets the rights of an account of a cloud. */
const CLOUD_ACCOUNTS = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
];

/** Core resources that never hold a pod, and that say nothing more than their name does. */
const PLAIN = new Set(['configmaps', 'endpoints', 'events', 'limitranges', 'resourcequotas']);

/** Subresources through which the containers of an object change; `''` is the object itself. */
const WITH_CONTAINERS = new Set(['', 'ephemeralcontainers']);

const WRITES = new Set(['create', 'update', 'patch']);

/**
 * Whether the policy has to see the object that a request would make, as a dry run of it gives it
 * back: it may hold a pod, a token or a volume of a node.
 */
export function needsObject(request: RequestFacts): boolean {
  const { verb, group, resource, subresource } = request;
  if (isHarmless(request) || !WRITES.has(verb) || resource === '') return false;
  return WITH_CONTAINERS.has(subresource) && (group !== '' || !PLAIN.has(resource));
}

/**
 * Why a request would give somebody rights that they did not have; undefined if it would not.
 * Reads never do, as no value of a Secret leaves the server.
 * @param object what the API server's dry run of the request gives back, where `needsObject`
 * @param isListed tells of `namespace/name` whether pods may have that service account
 */
export function escalationOf(
  request: RequestFacts,
  object?: unknown,
  isListed: TextMatch = matchAny([]),
): string | undefined {
  return escalationByAddress(request) ?? escalationByObject(request, object, isListed);
}

function escalationByAddress(request: RequestFacts): string | undefined {
  const { effect, group, resource, subresource, namespace } = request;
  if (group === '') {
    // A dry run may be no bar to these: a kubelet knows of none.
    if (resource === 'nodes' && subresource === 'proxy') {
      return 'it talks to the kubelet of a Node, which can do anything in its pods';
    }
    if (resource === 'serviceaccounts' && subresource === 'token') {
      return 'it makes a token of a service account (TokenRequest)';
    }
  }
  if (isHarmless(request)) return undefined;
  if (effect === 'escalate') return 'it gives somebody rights';
  const why = group === '' ? CORE[resource] : GROUPS[group];
  if (why !== undefined) return why;
  if (!SYSTEM_NAMESPACES.has(namespace)) return undefined;
  return `it works in the namespace ${namespace}, where the cluster keeps its own parts`;
}

function isHarmless({ effect, isDryRun }: RequestFacts): boolean {
  return effect === 'read' || effect === 'egress' || (isDryRun && effect !== 'exec');
}

function escalationByObject(
  request: RequestFacts,
  object: unknown,
  isListed: TextMatch,
): string | undefined {
  if (!isRecord(object) || isHarmless(request) || !WRITES.has(request.verb)) return undefined;
  const { group, resource } = request;
  if (group === '' && resource === 'secrets' && TOKEN_SECRETS.has(String(object.type))) {
    return `it makes a token (a Secret of type ${String(object.type)})`;
  }
  if (group === '' && resource === 'serviceaccounts') return cloudAccountOf(object);
  if (group === '' && resource === 'persistentvolumes') return volumeEscalation(object);
  const namespace = request.namespace || namespaceOf(object);
  for (const spec of podSpecsIn(object)) {
    const why = podEscalation(spec, namespace, isListed);
    if (why !== undefined) return why;
  }
  return undefined;
}

function cloudAccountOf(object: Record<string, unknown>): string | undefined {
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  const annotations = isRecord(metadata.annotations) ? metadata.annotations : {};
  const found = CLOUD_ACCOUNTS.find((name) => annotations[name] !== undefined);
  return found && `it gives a service account the rights of an account of a cloud (${found})`;
}

function namespaceOf({ metadata }: Record<string, unknown>): string {
  return isRecord(metadata) && typeof metadata.namespace === 'string' ? metadata.namespace : '';
}
