import { followWorkload, Outage, rolloutReport, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import type { RolloutStatusDto } from './rollout-status.dto.js';
import { workloadRef } from './workload-ref.js';

/**
 * Watches a rollout until it ends, or until the query's time limit.
 * @returns each change of its state, one a line, whether it is finished, its counts and images, and
 * what its pods wait for if it is not
 */
export async function rolloutStatus(
  cluster: Cluster,
  query: RolloutStatusDto,
  call: ToolCall,
): Promise<ToolResult> {
  const { resource_type: kind, timeout_seconds: seconds } = query;
  const ended = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)]);
  const lines: string[] = [];
  const outage = new Outage(ended, (message) => call.progress({ progress: lines.length, message }));
  const signals = { cancelled: call.signal, ended, outage };
  const ref = await workloadRef(cluster, query, call.signal);
  const followed = await followWorkload(cluster, kind, ref, signals, (message) => {
    lines.push(message);
    call.progress({ progress: lines.length, message });
  });
  call.signal.throwIfAborted();
  if (followed?.state.state === 'progressing') {
    lines.push(`${kind} "${query.name}" is not finished after ${seconds} s.${outage.remark}`);
  }
  if (followed) lines.push(...(await rolloutReport(cluster, kind, followed, call.signal)));
  const { state, message } = followed?.state ?? {};
  return { output: lines.join('\n'), data: { state, message } };
}
