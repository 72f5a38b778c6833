import type { Cluster } from '#cluster';
import { ToolError } from '#tools';
import { CHECK_LIMIT_MS, failed, type Finding } from '../finding.js';
import { RIGHTS, rightText, standingOf, type Extent, type Right } from './rights.js';

const LIMIT_MS = CHECK_LIMIT_MS / 2;

/** The API server keeps none of these objects; a dry run makes that plain to all who watch. */
const ASKING = { method: 'POST', timeoutMs: LIMIT_MS, query: { dryRun: 'All' } } as const;

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Looks at one context: its API server, who it is there, what it may do, and what is installed. */
export async function checkContext(cluster: Cluster, area: string): Promise<Finding[]> {
  const server = await serverOf(cluster, area);
  if (server.state === 'failed') return [server];
  const rest = await Promise.all([
    orFailed(area, 'identity', () => identityOf(cluster, area)),
    orFailed(area, 'rights', () => rightsOf(cluster, area)),
    orFailed(area, 'Argo Rollouts', () => argoOf(cluster, area)),
    orFailed(area, 'metrics-server', () => metricsOf(cluster, area)),
  ]);
  return [server, ...rest];
}

async function orFailed(
  area: string,
  name: string,
  check: () => Promise<Finding>,
): Promise<Finding> {
  return check().catch((error: unknown) => failed(area, name, error));
}

async function serverOf(cluster: Cluster, area: string): Promise<Finding> {
  const name = 'API server';
  const ask = () => cluster.request<{ gitVersion: string }>('/version', { timeoutMs: LIMIT_MS });
  try {
    // The first one connects, and may run a credential plugin.
    await ask();
    const started = performance.now();
    const { gitVersion } = await ask();
    const ms = Math.round(performance.now() - started);
    const says = `${addressOf(cluster)} answers in ${ms} ms: Kubernetes ${gitVersion}`;
    return { area, name, state: 'ok', says };
  } catch (error) {
    const todo = `Compare with: kubectl --context ${cluster.name} version`;
    return failed(area, name, error, todo);
  }
}

/** Without a user that it may have. */
function addressOf({ server }: Cluster): string {
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
}

async function identityOf(cluster: Cluster, area: string): Promise<Finding> {
  const { status } = await cluster.request<{
    status: { userInfo: { username: string; groups?: string[] } };
  }>('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    ...ASKING,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  });
  const { username, groups = [] } = status.userInfo;
  const says = groups.length === 0 ? username : `${username}, in ${groups.join(', ')}`;
  if (username !== 'system:anonymous') return { area, name: 'identity', state: 'ok', says };
  return {
    area,
    name: 'identity',
    state: 'failed',
    says: 'The API server knows the context only as system:anonymous.',
    todo: 'Give its user credentials in the kubeconfig.',
  };
}

async function rightsOf(cluster: Cluster, area: string): Promise<Finding> {
  const extents = await Promise.all(
    RIGHTS.map(async (right) => [right, await extentOf(cluster, right)] as const),
  );
  const { level, lacks, isOfNamespace } = standingOf(new Map(extents));
  if (level === undefined) {
    return {
      area,
      name: 'rights',
      state: 'failed',
      says: `none that a tool needs, neither in all namespaces nor in ${cluster.namespace}`,
      todo: 'Bind the account to a role, such as the ClusterRole view, edit or cluster-admin.',
    };
  }
  const where = isOfNamespace ? `in the namespace ${cluster.namespace}` : 'in all namespaces';
  const says = `as ${level} ${where}`;
  if (lacks.length === 0) return { area, name: 'rights', state: 'ok', says };
  const missing = lacks.map((right) => `${right.tools.join(', ')} (may not ${rightText(right)})`);
  return {
    area,
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

async function argoOf(cluster: Cluster, area: string): Promise<Finding> {
  const name = 'Argo Rollouts';
  if (await serves(cluster, '/apis/argoproj.io/v1alpha1', 'rollouts')) {
    return { area, name, state: 'ok', says: 'installed' };
  }
  return {
    area,
    name,
    state: 'note',
    says: 'not installed, so the argo tools do not work here',
    todo: 'Install it if you use it: https://argo-rollouts.readthedocs.io/en/stable/installation/',
  };
}

async function metricsOf(cluster: Cluster, area: string): Promise<Finding> {
  const name = 'metrics-server';
  if (await serves(cluster, '/apis/metrics.k8s.io/v1beta1', 'pods')) {
    return { area, name, state: 'ok', says: 'answers' };
  }
  return {
    area,
    name,
    state: 'note',
    says: 'not installed, so k8s_top_pods and k8s_top_nodes do not work here',
    todo: 'Install it if you use them: https://github.com/kubernetes-sigs/metrics-server',
  };
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
