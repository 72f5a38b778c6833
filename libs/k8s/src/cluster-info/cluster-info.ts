import { listAll, type Cluster } from '#cluster';
import { ToolError, type ToolResult } from '#tools';

interface Version {
  gitVersion: string;
  platform: string;
}

interface Node {
  status?: { conditions?: { type: string; status: string }[] };
}

interface Service {
  metadata: { name: string; namespace: string };
}

/**
 * Address, version, nodes and system services of a cluster, without credentials. Says so if the
 * server may not list the nodes.
 */
export async function clusterInfo(cluster: Cluster, signal: AbortSignal): Promise<ToolResult> {
  const [version, nodes, services] = await Promise.all([
    cluster.request<Version>('/version', { signal }),
    optional(countNodes(cluster, signal)),
    optional(systemServices(cluster, signal)),
  ]);
  const server = withoutUserInfo(cluster.server);
  const lines = [
    `Context: ${cluster.name} (namespace ${cluster.namespace})`,
    `Kubernetes control plane is running at ${server}`,
    `Kubernetes version: ${version.gitVersion} (${version.platform})`,
    nodes
      ? `Nodes: ${nodes.total}, ${nodes.ready} of them ready`
      : 'Nodes: not permitted to list them',
    ...(services ?? []).map(
      ({ metadata: { name, namespace } }) =>
        `${name} is running at ${server}/api/v1/namespaces/${namespace}/services/${name}/proxy`,
    ),
  ];
  const data = {
    context: cluster.name,
    namespace: cluster.namespace,
    server,
    version: version.gitVersion,
    nodes,
  };
  return { output: lines.join('\n'), data };
}

async function countNodes(
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{ total: number; ready: number }> {
  const resource = await cluster.discovery.resolve('nodes', signal);
  const nodes = await listAll<Node>(cluster, { resource }, signal);
  return { total: nodes.length, ready: nodes.filter(isReady).length };
}

async function systemServices(cluster: Cluster, signal: AbortSignal): Promise<Service[]> {
  const { items } = await cluster.request<{ items: Service[] }>(
    '/api/v1/namespaces/kube-system/services',
    {
      signal,
      query: { labelSelector: 'kubernetes.io/cluster-service=true' },
    },
  );
  return items;
}

/** Undefined if the server is not permitted to read it. */
async function optional<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'forbidden') return undefined;
    throw error;
  }
}

function isReady({ status }: Node): boolean {
  return (
    status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ??
    false
  );
}

function withoutUserInfo(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}
