import { isDryRun, readDocuments, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { ApplyRun } from './apply-run.js';
import { planApply } from './apply-plan.js';
import type { ApplyDto } from './apply.dto.js';
import type { RolloutWaits } from '../workloads/rollout-waits.js';
import { manifestObjects } from './manifest/manifest-objects.js';

/**
 * Checks all objects of a manifest and then, except in a dry run, applies them by server-side apply
 * (KEP-555).
 * @returns a line for each object, what was removed from which, and the hunks of the changes
 * @throws ToolError `invalid_input`, `conflict`, `precondition`, and as the API server refuses.
 * Nothing was applied unless the error's output says so
 */
export async function applyManifest(
  cluster: Cluster,
  dto: ApplyDto,
  call: ToolCall,
  waits: RolloutWaits,
): Promise<ToolResult> {
  const { signal } = call;
  const { content, namespace, force_conflicts: force, prune_fields: prune } = dto;
  // kubectl also ends the last line, which matters for block scalars.
  const text = content.endsWith('\n') ? content : `${content}\n`;
  const objects = await manifestObjects(await readDocuments('content', text, signal));
  const plan = await planApply(cluster, objects, namespace, signal);
  const run = new ApplyRun(cluster, plan, { force, prune, signal });
  return waits.changeAndWait(cluster, call, plan.others, async () => {
    await run.check();
    if (!isDryRun(call)) await run.send(call.progress);
    return run.result(call);
  });
}
