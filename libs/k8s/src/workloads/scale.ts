import {
  apiStatusOf,
  changeObject,
  patchObject,
  type ApiResource,
  type Cluster,
  type DecidedChange,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import type { ScaleDto } from './scale.dto.js';
import type { RolloutWaits } from './rollout-waits.js';

/** The fields that scale subresources of every version have. */
interface Scale extends KubernetesObject {
  spec?: { replicas?: number };
}

/**
 * The API server's message, with a status of 500, for a custom resource whose replicas are not set
 * yet. They can still be set.
 */
const NOT_SET = /the spec replicas field ".*" does not exist$/;

/**
 * Sets the replicas of anything with a scale subresource.
 * @throws ToolError `invalid_input` for a kind without one, with the kinds that have one
 */
export async function scaleWorkload(
  cluster: Cluster,
  query: ScaleDto,
  call: ToolCall,
  waits: RolloutWaits,
): Promise<ToolResult> {
  const { resource_type, name, namespace, replicas } = query;
  const resource = await cluster.discovery.resolve(resource_type, call.signal);
  if (!isScalable(resource)) throw await notScalable(cluster, resource, call.signal);
  const ref = { resource, namespace, name };
  const target = resource.label(name);
  const decide = (before: Scale | undefined): DecidedChange | string => {
    const from = before ? before.spec?.replicas : 'not set';
    if (from === replicas) return `${target} is already scaled to ${replicas}; nothing to change`;
    const patch = { spec: { replicas } };
    return {
      write: async (options) => {
        const scaleOptions = { ...options, subresource: 'scale' };
        return withReplicas(await patchObject(cluster, ref, 'merge', patch, scaleOptions));
      },
      summary: () => `${target} scaled from ${from} to ${replicas}`,
    };
  };
  return waits.changeAndWait(cluster, call, [ref], () =>
    changeObject(cluster, ref, call, decide, readScale),
  );
}

async function readScale(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<Scale | undefined> {
  const path = resource.path(namespace, name, 'scale');
  try {
    return withReplicas(await cluster.request<Scale>(path, { signal }));
  } catch (error) {
    if (NOT_SET.test(apiStatusOf(error)?.message ?? '')) return undefined;
    throw error;
  }
}

/** The API server leaves out 0 replicas. */
function withReplicas(scale: Scale): Scale {
  return { ...scale, spec: { replicas: 0, ...scale.spec } };
}

function isScalable({ subresources }: ApiResource): boolean {
  return subresources.includes('scale');
}

async function notScalable(
  cluster: Cluster,
  { groupResource }: ApiResource,
  signal: AbortSignal,
): Promise<ToolError> {
  const kinds = (await cluster.discovery.all(signal)).filter(isScalable);
  const accepts = `one of ${kinds.map((kind) => kind.groupResource).join(', ')}`;
  const message = `${groupResource} cannot be scaled`;
  return new ToolError(
    'invalid_input',
    `${message}: the kind has no replicas to set. It must be ${accepts}.`,
    { errors: [{ field: 'resource_type', message, accepts }] },
  );
}
