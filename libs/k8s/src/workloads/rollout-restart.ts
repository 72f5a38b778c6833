import { changeObject, patchObject, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import type { DeploymentByDefaultDto } from './deployment-by-default.dto.js';
import { refusePaused, rolloutNote } from './rollout-pause.js';
import { workloadRef } from './workload-ref.js';
import type { RolloutWaits } from './rollout-waits.js';

/** The annotation by which `kubectl rollout restart` also makes the pod template differ. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/**
 * Restarts the pods of a workload by a rollout of its unchanged pod template.
 * @throws ToolError `precondition` for a paused deployment, which would not restart
 */
export async function restartRollout(
  cluster: Cluster,
  query: DeploymentByDefaultDto,
  call: ToolCall,
  waits: RolloutWaits,
): Promise<ToolResult> {
  const ref = await workloadRef(cluster, query, call.signal);
  const target = ref.resource.label(ref.name);
  return waits.changeAndWait(cluster, call, [ref], () =>
    changeObject(cluster, ref, call, (before) => {
      refusePaused(target, before, 'restart');
      const annotations = { [RESTARTED_AT]: new Date().toISOString() };
      const patch = { spec: { template: { metadata: { annotations } } } };
      return {
        write: (options) => patchObject(cluster, ref, 'strategic', patch, options),
        summary: (after) => `${target} restarted${rolloutNote(after)}`,
      };
    }),
  );
}
