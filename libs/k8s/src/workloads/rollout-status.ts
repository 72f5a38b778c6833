import {
  objectVersions,
  Outage,
  rolloutState,
  type Cluster,
  type RolloutState,
  type Workload,
} from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import type { RolloutStatusDto } from './rollout-status.dto.js';
import { workloadRef } from './workload-ref.js';

/**
 * Watches a rollout until it ends, or until the query's time limit.
 * @returns each change of its state, one a line, and in the end whether it is finished
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
  const { resource } = await workloadRef(cluster, query, call.signal);
  const path = resource.path(query.namespace);
  let last: RolloutState | undefined;
  for await (const workload of objectVersions<Workload>(cluster, path, query.name, signals)) {
    const state = rolloutState(kind, workload);
    if (state.message !== last?.message) {
      lines.push(state.message);
      call.progress({ progress: lines.length, message: state.message });
    }
    last = state;
    if (state.state !== 'progressing') break;
  }
  call.signal.throwIfAborted();
  if (last?.state === 'progressing') {
    lines.push(
      `${kind} "${query.name}" is not finished after ${seconds} s.${outage.remark} Look at its pods with k8s_get or k8s_describe.`,
    );
  }
  return { output: lines.join('\n'), data: { state: last?.state, message: last?.message } };
}
