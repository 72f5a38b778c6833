import { Injectable } from '@nestjs/common';
import {
  apiStatusOf,
  changeText,
  isDryRun,
  patchObject,
  type ApiResource,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import type { ScaleDto } from './scale.dto.js';

/** What every scale subresource has, whatever its version. */
interface Scale extends KubernetesObject {
  spec?: { replicas?: number };
}

/** Changes how many pods a workload has. */
@Injectable()
export class ScaleClient {
  /**
   * Sets the replicas of anything with a scale subresource.
   * @throws ToolError `invalid_input` for a kind without one, with the kinds that have it
   */
  async scale(cluster: Cluster, query: ScaleDto, call: ToolCall): Promise<string> {
    const { resource_type, name, namespace, replicas } = query;
    const { signal } = call;
    const dryRun = isDryRun(call);
    const resource = await cluster.discovery.resolve(resource_type, signal);
    if (!isScalable(resource)) throw await notScalable(cluster, resource, signal);
    const path = resource.path(namespace, name, 'scale');
    const before = await readScale(cluster, path, signal);
    const from = before ? (before.spec?.replicas ?? 0) : 'not set';
    const target = resource.label(name);
    if (from === replicas) return `${target} is already scaled to ${replicas}; nothing to change`;
    const patch = { spec: { replicas } };
    const after = await patchObject(cluster, { resource, namespace, name }, 'merge', patch, {
      dryRun,
      signal,
      subresource: 'scale',
    });
    const summary = `${target} scaled from ${from} to ${replicas}`;
    return changeText(summary, { before: shown(before), after: shown(after) }, dryRun);
  }
}

/**
 * What the API server says, as an error of its own, of a custom resource whose replicas nobody has
 * set yet. They can be set all the same.
 */
const NOT_SET = /the spec replicas field ".*" does not exist$/;

async function readScale(
  cluster: Cluster,
  path: string,
  signal: AbortSignal,
): Promise<Scale | undefined> {
  try {
    return await cluster.request<Scale>(path, { signal });
  } catch (error) {
    if (NOT_SET.test(apiStatusOf(error)?.message ?? '')) return undefined;
    throw error;
  }
}

/** The API server leaves 0 out. */
function shown(scale: Scale | undefined): Scale | undefined {
  return scale && { ...scale, spec: { replicas: 0, ...scale.spec } };
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
    {
      errors: [{ field: 'resource_type', message, accepts }],
    },
  );
}
