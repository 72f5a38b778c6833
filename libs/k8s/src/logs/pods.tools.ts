import { Clusters } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { LogsDto } from './logs.dto.js';
import { TopPodsDto } from '../metrics/top-pods.dto.js';
import { K8S } from '../k8s.category.js';
import { LogsClient } from './logs.client.js';
import { MetricsClient } from '../metrics/metrics.client.js';

/** Tools for pods. */
@ToolProvider(K8S)
export class PodsTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly reader: LogsClient,
    private readonly metrics: MetricsClient,
  ) {}

  @Tool({
    name: 'k8s_logs',
    title: 'Get Kubernetes Pod Logs',
    description:
      'Reads the last log lines of a pod, of all pods of a workload, or of all pods that a label selector matches; lines of several logs are prefixed with [pod/name/container]. Use grep and since to find what matters instead of reading everything, and previous for a container that crashed.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { pod_name: 'deployment/web', namespace: 'shop', num_lines: 5, all_containers: true },
    timeLimitSeconds: ({ follow, timeout_seconds }: LogsDto) =>
      follow ? timeout_seconds + ANSWER_SECONDS : 30,
  })
  logs(query: LogsDto, call: ToolCall): AsyncIterable<string> {
    return this.reader.read(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_top_pods',
    title: 'Get Kubernetes Pod Resource Usage',
    description:
      'Shows how much CPU and memory pods use now, as metrics-server measured it. Use it to find what is busy or close to its limits.',
    tags: ['metrics'],
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { namespace: 'shop', sort_by: 'cpu' },
  })
  async topPods(query: TopPodsDto, call: ToolCall): Promise<ToolResult> {
    return this.metrics.pods(this.clusters.of(call), query, call.signal);
  }
}
