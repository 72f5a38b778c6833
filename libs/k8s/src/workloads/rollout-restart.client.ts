import { Injectable } from '@nestjs/common';
import { changeText, isDryRun, patchObject, readObject, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { DeploymentByDefaultDto } from './deployment-by-default.dto.js';
import { refusePaused, rolloutNote } from './rollout-pause.js';
import { workloadRef } from './workload-ref.js';

/** The annotation by which kubectl, too, makes a pod template differ from the one before. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** Restarts the pods of a workload. */
@Injectable()
export class RolloutRestartClient {
  /**
   * Starts a rollout of the pod template as it is.
   * @throws ToolError `precondition` for a paused deployment, where nothing would happen
   */
  async restart(cluster: Cluster, query: DeploymentByDefaultDto, call: ToolCall): Promise<string> {
    const { signal } = call;
    const dryRun = isDryRun(call);
    const ref = await workloadRef(cluster, query, signal);
    const target = ref.resource.label(ref.name);
    const before = await readObject(cluster, ref, signal);
    refusePaused(target, before, 'restart');
    const annotations = { [RESTARTED_AT]: new Date().toISOString() };
    const patch = { spec: { template: { metadata: { annotations } } } };
    const after = await patchObject(cluster, ref, 'strategic', patch, { dryRun, signal });
    return changeText(`${target} restarted${rolloutNote(after)}`, { before, after }, dryRun);
  }
}
