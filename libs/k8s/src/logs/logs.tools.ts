import { Clusters } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall } from '#tools';
import { K8S } from '../k8s.category.js';
import { LogsDto } from './logs.dto.js';
import { readLogs } from './read-logs.js';

/** The tool that reads logs. */
@ToolProvider(K8S)
export class LogsTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_logs',
    title: 'Get Kubernetes Pod Logs',
    description:
      'Last num_lines (-1: all) of a pod, all pods of kind/name or a label selector. grep, exclude: RE2; since: 5m; previous: crashed containers.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { pod_name: 'deployment/web', namespace: 'shop', num_lines: 5, all_containers: true },
    timeLimitSeconds: ({ follow, timeout_seconds }: LogsDto) =>
      follow ? timeout_seconds + ANSWER_SECONDS : 30,
  })
  logs(query: LogsDto, call: ToolCall): AsyncIterable<string> {
    return readLogs(this.clusters.of(call), query, call);
  }
}
