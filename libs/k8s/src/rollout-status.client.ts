import { Injectable } from '@nestjs/common';
import type { Cluster } from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import type { RolloutStatusDto } from './dto/rollout-status.dto.js';
import { rolloutState, type RolloutState, type Workload } from './rollout-state.js';

/** Watches a rollout until it ends. */
@Injectable()
export class RolloutStatusClient {
  /** Each change of its state, a line each, and in the end whether it is finished; ends at the query's time limit. */
  async follow(cluster: Cluster, query: RolloutStatusDto, call: ToolCall): Promise<ToolResult> {
    const { resource_type: kind, timeout_seconds: seconds } = query;
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)]);
    const lines: string[] = [];
    let last: RolloutState | undefined;
    for await (const workload of this.versions(cluster, query, call.signal, signal)) {
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
        `${kind} "${query.name}" is not finished after ${seconds} s. Look at its pods with k8s_get or k8s_describe.`,
      );
    }
    return { output: lines.join('\n'), data: { state: last?.state, message: last?.message } };
  }

  /** The workload as it is, then each later version of it, until the signal aborts. */
  private async *versions(
    cluster: Cluster,
    { resource_type, name, namespace }: RolloutStatusDto,
    cancelled: AbortSignal,
    ended: AbortSignal,
  ): AsyncGenerator<Workload, void> {
    const resource = await cluster.discovery.resolve(`${resource_type}s.apps`, cancelled);
    do {
      const now = await cluster.request<Workload>(resource.path(namespace, name), {
        signal: cancelled,
      });
      yield now;
      if (ended.aborted) return;
      const query = {
        fieldSelector: `metadata.name=${name}`,
        resourceVersion: now.metadata.resourceVersion,
      };
      try {
        for await (const { type, object } of cluster.watch<Workload>(resource.path(namespace), {
          query,
          signal: ended,
        })) {
          if (type === 'DELETED') throw deleted(resource_type, name);
          if (type !== 'BOOKMARK') yield object;
        }
      } catch (error) {
        // The server has forgotten the version that the watch starts from: read the object anew.
        if (!(error instanceof ToolError) || error.code !== 'upstream') throw error;
      }
    } while (!ended.aborted);
  }
}

function deleted(kind: string, name: string): ToolError {
  return new ToolError(
    'not_found',
    `The ${kind} "${name}" was deleted while its rollout was watched.`,
  );
}
