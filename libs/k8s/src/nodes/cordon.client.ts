import { Injectable } from '@nestjs/common';
import {
  changeText,
  findObject,
  isDryRun,
  patchObject,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import type { ToolCall } from '#tools';

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
    const before = await findObject(cluster, ref, 'List them with k8s_get nodes.', signal);
    const state = unschedulable ? 'cordoned' : 'uncordoned';
    if (isUnschedulable(before) === unschedulable) return `node/${name} already ${state}`;
    const patch = { spec: { unschedulable: unschedulable || null } };
    const after = await patchObject(cluster, ref, 'strategic', patch, { dryRun, signal });
    return changeText(`node/${name} ${state}`, { before, after }, dryRun);
  }
}

function isUnschedulable({ spec }: KubernetesObject): boolean {
  return (spec as { unschedulable?: boolean } | undefined)?.unschedulable === true;
}
