import { Injectable } from '@nestjs/common';
import {
  apiStatusOf,
  changeText,
  isDryRun,
  listAll,
  nearestNames,
  patchObject,
  readObject,
  type Cluster,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import { ToolError, type ToolCall } from '#tools';

/** Takes nodes out of scheduling and back. */
@Injectable()
export class CordonClient {
  /**
   * Makes a node unschedulable, or schedulable again.
   * @throws ToolError `not_found` with the nearest names
   */
  async setUnschedulable(
    cluster: Cluster,
    name: string,
    unschedulable: boolean,
    call: ToolCall,
  ): Promise<string> {
    const { signal } = call;
    const dryRun = isDryRun(call);
    const ref = { resource: await cluster.discovery.resolve('nodes', signal), name };
    const before = await this.node(cluster, ref, signal);
    const state = unschedulable ? 'cordoned' : 'uncordoned';
    if (isUnschedulable(before) === unschedulable) return `node/${name} already ${state}`;
    const patch = { spec: { unschedulable: unschedulable || null } };
    const after = await patchObject(cluster, ref, 'strategic', patch, { dryRun, signal });
    return changeText(`node/${name} ${state}`, { before, after }, dryRun);
  }

  private async node(
    cluster: Cluster,
    ref: ObjectRef,
    signal: AbortSignal,
  ): Promise<KubernetesObject> {
    try {
      return await readObject(cluster, ref, signal);
    } catch (error) {
      if (apiStatusOf(error)?.code !== 404) throw error;
      const nodes = await listAll<KubernetesObject>(cluster, { resource: ref.resource }, signal);
      const names = nodes.map(({ metadata }) => metadata?.name ?? '');
      throw unknownNode(ref.name, names, error);
    }
  }
}

function isUnschedulable({ spec }: KubernetesObject): boolean {
  return (spec as { unschedulable?: boolean } | undefined)?.unschedulable === true;
}

function unknownNode(name: string, names: string[], cause: unknown): ToolError {
  const candidates = names.map((known) => ({ known, spellings: [known.toLowerCase()] }));
  const nearest = nearestNames(name, candidates).map(({ known }) => known);
  const hint =
    nearest.length > 0 ? `Nearest: ${nearest.join(', ')}.` : 'List them with k8s_get nodes.';
  return new ToolError('not_found', `nodes "${name}" not found. ${hint}`, { cause });
}
