import { isReady, listAll, selectorText, stateOf, type Cluster, type LivePod } from '#cluster';
import { ToolError } from '#tools';
import type { PortForwardDto } from './port-forward.dto.js';
import { podPath } from '../pods/pod-path.js';
import { portPairs, type PortPair } from './port-pairs.js';

interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
}

interface Service {
  spec: { selector?: Record<string, string>; ports?: ServicePort[]; clusterIP?: string };
}

interface Deployment {
  spec: { selector: unknown };
}

interface ForwardPod extends LivePod {
  spec: LivePod['spec'] & { containers: ContainerPorts[] };
}

interface ContainerPorts {
  ports?: { name?: string; containerPort: number }[];
}

/** Where a forward leads. */
export interface ForwardTarget {
  pod: string;
  ports: { local: number; remote: number }[];
}

/**
 * Finds the pod and the ports of a forward.
 * @throws ToolError `not_found`, `precondition` if no pod is ready, `invalid_input` for an unknown
 * port
 */
export async function forwardTarget(
  cluster: Cluster,
  query: PortForwardDto,
  signal: AbortSignal,
): Promise<ForwardTarget> {
  const pairs = portPairs(query.ports);
  const { resource_type: kind, resource_name: name, namespace } = query;
  const read = <T>(path: string) => cluster.request<T>(`${path}/${name}`, { signal });
  if (kind === 'pod') {
    const pod = await read<ForwardPod>(podPath(namespace));
    if (pod.status?.phase !== 'Running') {
      const message = `Pod ${namespace}/${name} is not running. It is ${stateOf(pod)}. k8s_describe tells more.`;
      throw new ToolError('precondition', message);
    }
    return targetOf(pod, pairs, (remote) => remote);
  }
  if (kind === 'deployment') {
    const { spec } = await read<Deployment>(`/apis/apps/v1/namespaces/${namespace}/deployments`);
    const pod = await readyPod(cluster, query, selectorText(spec.selector), signal);
    return targetOf(pod, pairs, (remote) => remote);
  }
  const service = await read<Service>(`/api/v1/namespaces/${namespace}/services`);
  const pod = await readyPod(cluster, query, selectorText(service.spec.selector), signal);
  return targetOf(pod, pairs, (remote) => podPortOf(service, query, remote));
}

function targetOf(
  pod: ForwardPod,
  pairs: readonly PortPair[],
  translate: (remote: number | string) => number | string,
): ForwardTarget {
  const ports = pairs.map(({ local, remote }) => ({
    local,
    remote: portNumber(pod, translate(remote)),
  }));
  return { pod: pod.metadata.name, ports };
}

/** The port of the pods behind a port of the service. */
function podPortOf(
  { spec }: Service,
  { namespace, resource_name }: PortForwardDto,
  remote: number | string,
): number | string {
  const { ports = [] } = spec;
  const found = ports.find(({ name, port }) => remote === port || remote === name);
  if (!found) {
    const known = ports.map(({ name, port }) => (name ? `${port} (${name})` : String(port)));
    throw noPort(`Service ${namespace}/${resource_name}`, remote, known);
  }
  return found.targetPort || found.port;
}

function portNumber({ metadata, spec }: ForwardPod, remote: number | string): number {
  if (typeof remote === 'number') return remote;
  const ports = spec.containers.flatMap((container: ContainerPorts) => container.ports ?? []);
  const found = ports.find(({ name }) => name === remote);
  if (found) return found.containerPort;
  const known = ports.map(({ name, containerPort }) => name ?? String(containerPort));
  throw noPort(`Pod ${metadata.namespace}/${metadata.name}`, remote, known);
}

function noPort(what: string, remote: number | string, known: string[]): ToolError {
  const message = `${what} has no port ${remote}`;
  const accepts = known.length > 0 ? `one of ${known.join(', ')}` : 'a port by its number';
  return new ToolError('invalid_input', `${message}. Give ${accepts}.`, {
    errors: [{ field: 'ports', message, accepts }],
  });
}

async function readyPod(
  cluster: Cluster,
  { resource_type, resource_name, namespace }: PortForwardDto,
  labelSelector: string,
  signal: AbortSignal,
): Promise<ForwardPod> {
  const what = `${resource_type} ${namespace}/${resource_name}`;
  if (labelSelector === '') {
    throw new ToolError('precondition', `The ${what} selects no pods. Name a pod instead.`);
  }
  const resource = await cluster.discovery.resolve('pods', signal);
  const pods = await listAll<ForwardPod>(cluster, { resource, namespace, labelSelector }, signal);
  const ready = pods.find(isReady);
  if (ready) return ready;
  const states = pods.map((pod) => `${pod.metadata.name}: ${stateOf(pod)}`);
  const found = states.length > 0 ? ` (${states.join('; ')})` : '; there are none';
  throw new ToolError('precondition', `No pod of ${what} is ready${found}.`);
}
