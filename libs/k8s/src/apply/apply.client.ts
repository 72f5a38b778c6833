import { Injectable } from '@nestjs/common';
import { isDryRun, readDocuments, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { ApplyRun } from './apply-run.js';
import { planApply } from './apply-plan.js';
import type { ApplyDto } from './apply.dto.js';
import { manifestObjects } from './manifest-objects.js';

/** Applies manifests by server-side apply (KEP-555). */
@Injectable()
export class ApplyClient {
  /**
   * Checks all objects of a manifest, and then applies them, unless this is a dry run.
   * @returns a line for each object, what was removed from which, and the diffs
   * @throws ToolError `invalid_input`, `conflict`, `precondition` and what the API server refuses:
   * nothing was applied, unless the error's output says what was
   */
  async apply(cluster: Cluster, dto: ApplyDto, call: ToolCall): Promise<ToolResult> {
    const { signal } = call;
    const { content, namespace, force_conflicts: force, prune_fields: prune } = dto;
    // kubectl ends the last line too, which counts for a block of text.
    const text = content.endsWith('\n') ? content : `${content}\n`;
    const objects = manifestObjects(await readDocuments('content', text, signal));
    const plan = await planApply(cluster, objects, namespace, signal);
    const run = new ApplyRun(cluster, plan, { force, prune, signal });
    await run.check();
    if (!isDryRun(call)) await run.send(call.progress);
    return run.result(isDryRun(call));
  }
}
