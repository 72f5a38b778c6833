import {
  objectVersions,
  Outage,
  rolloutReport,
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
  const { resource } = await workloadRef(cluster, query, call.signal);
  const path = resource.path(query.namespace);
  let last: RolloutState | undefined;
  let seen: Workload | undefined;
  let sawBegin = false;
  for await (const workload of objectVersions<Workload>(cluster, path, query.name, signals)) {
    const state = rolloutState(kind, workload);
    if (state.message !== last?.message) {
      lines.push(state.message);
      call.progress({ progress: lines.length, message: state.message });
    }
    last = state;
    seen = workload;
    if (state.state !== 'progressing') break;
    sawBegin = true;
  }
  call.signal.throwIfAborted();
  if (last?.state === 'progressing') {
    lines.push(`${kind} "${query.name}" is not finished after ${seconds} s.${outage.remark}`);
  }
  if (seen && last) {
    const standing = { state: last.state, sawEnd: sawBegin };
    lines.push(...(await rolloutReport(cluster, kind, seen, standing, call.signal)));
  }
  return { output: lines.join('\n'), data: { state: last?.state, message: last?.message } };
}
