import type { Cluster } from '#cluster';
import { ToolError } from '#tools';
import { CHECK_LIMIT_MS, failed, type Fact } from '../finding.js';
import { RIGHTS, rightText, standingOf, type Extent, type Right } from './rights.js';

const LIMIT_MS = CHECK_LIMIT_MS / 2;

/** The API server keeps none of these objects; a dry run makes that plain to all who watch. */
const ASKING = { method: 'POST', timeoutMs: LIMIT_MS, query: { dryRun: 'All' } } as const;

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** What a cluster may have, and some tools need. */
interface AddOn {
  name: string;
  /** An API that it serves. */
  path: string;
  resource: string;
  /** What is said where it is there, and what does not work where it is not. */
  there: string;
  lacking: string;
  todo: string;
}

const ADD_ONS: readonly AddOn[] = [
  {
    name: 'Argo Rollouts',
    path: '/apis/argoproj.io/v1alpha1',
    resource: 'rollouts',
    there: 'installed',
    lacking: 'the argo tools do not work here',
    todo: 'Install it if you use it: https://argo-rollouts.readthedocs.io/en/stable/installation/',
  },
  {
    name: 'metrics-server',
    path: '/apis/metrics.k8s.io/v1beta1',
    resource: 'pods',
    there: 'answers',
    lacking: 'k8s_top_pods and k8s_top_nodes do not work here',
    todo: 'Install it if you use them: https://github.com/kubernetes-sigs/metrics-server',
  },
];

/** Looks at one context: its API server, who it is there, what it may do, and what is installed. */
export async function checkContext(cluster: Cluster): Promise<Fact[]> {
  const server = await serverOf(cluster);
  if (server.state === 'failed') return [server];
  const rest = await Promise.all([
    orFailed('identity', () => identityOf(cluster)),
    orFailed('rights', () => rightsOf(cluster)),
    ...ADD_ONS.map((addOn) => orFailed(addOn.name, () => addOnOf(cluster, addOn))),
  ]);
  return [server, ...rest];
}

async function orFailed(name: string, check: () => Promise<Fact>): Promise<Fact> {
  return check().catch((error: unknown) => failed(name, error));
}

async function serverOf(cluster: Cluster): Promise<Fact> {
  const name = 'API server';
  const ask = () => cluster.request<{ gitVersion: string }>('/version', { timeoutMs: LIMIT_MS });
  try {
    // The first one connects, and may run a credential plugin.
    await ask();
    const started = performance.now();
    const { gitVersion } = await ask();
    const ms = Math.round(performance.now() - started);
    const says = `${addressOf(cluster)} answers in ${ms} ms: Kubernetes ${gitVersion}`;
    return { name, state: 'ok', says };
  } catch (error) {
    const todo = `Compare with: kubectl --context ${cluster.name} version`;
    return failed(name, error, todo);
  }
}

/** Without a user that it may have. */
function addressOf({ server }: Cluster): string {
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
}

async function identityOf(cluster: Cluster): Promise<Fact> {
  const { status } = await cluster.request<{
    status: { userInfo: { username: string; groups?: string[] } };
  }>('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    ...ASKING,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  });
  const { username, groups = [] } = status.userInfo;
  const says = groups.length === 0 ? username : `${username}, in ${groups.join(', ')}`;
  if (username !== 'system:anonymous') return { name: 'identity', state: 'ok', says };
  return {
    name: 'identity',
    state: 'failed',
    says: 'The API server knows the context only as system:anonymous.',
    todo: 'Give its user credentials in the kubeconfig.',
  };
}

async function rightsOf(cluster: Cluster): Promise<Fact> {
  const extents = await Promise.all(
    RIGHTS.map(async (right) => [right, await extentOf(cluster, right)] as const),
  );
  const { level, lacks, isOfNamespace } = standingOf(new Map(extents));
  if (level === undefined) {
    return {
      name: 'rights',
      state: 'failed',
      says: `none that a tool needs, neither in all namespaces nor in ${cluster.namespace}`,
      todo: 'Bind the account to a role, such as the ClusterRole view, edit or cluster-admin.',
    };
  }
  const where = isOfNamespace ? `in the namespace ${cluster.namespace}` : 'in all namespaces';
  const says = `as ${level} ${where}`;
  if (lacks.length === 0) return { name: 'rights', state: 'ok', says };
  const missing = lacks.map((right) => `${right.tools.join(', ')} (may not ${rightText(right)})`);
  return {
    name: 'rights',
    state: 'note',
    says: `${says}, but these cannot work: ${missing.join('; ')}`,
  };
}

async function extentOf(cluster: Cluster, right: Right): Promise<Extent> {
  if (await mayDo(cluster, right, '')) return 'everywhere';
  if (right.isClusterWide) return 'nowhere';
  return (await mayDo(cluster, right, cluster.namespace)) ? 'namespace' : 'nowhere';
}

async function mayDo(cluster: Cluster, right: Right, namespace: string): Promise<boolean> {
  const { verb, group = '' } = right;
  const [resource, subresource = ''] = right.resource.split('/');
  const { status } = await cluster.request<{ status: { allowed: boolean } }>(REVIEWS, {
    ...ASKING,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
    },
  });
  return status.allowed;
}

async function addOnOf(cluster: Cluster, { name, path, resource, ...words }: AddOn): Promise<Fact> {
  if (await serves(cluster, path, resource)) return { name, state: 'ok', says: words.there };
  return { name, state: 'note', says: `not installed, so ${words.lacking}`, todo: words.todo };
}

async function serves(cluster: Cluster, path: string, resource: string): Promise<boolean> {
  try {
    const { resources } = await cluster.request<{ resources: { name: string }[] }>(path, {
      timeoutMs: LIMIT_MS,
    });
    return resources.some(({ name }) => name === resource);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') return false;
    throw error;
  }
}
