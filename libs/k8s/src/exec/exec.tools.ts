import { Clusters, DryRunField, isDryRun } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { ExecDto } from './exec.dto.js';
import { RunPodDto } from './run-pod.dto.js';
import { execCommand, previewExec } from './exec-command.js';
import { K8S } from '../k8s.category.js';
import { runPod } from './run-pod.js';

/** Tools that run something in a pod. */
@ToolProvider(K8S)
export class ExecTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_run_pod',
    title: 'Run Kubernetes Pod',
    description:
      'Creates a pod (command: see k8s_exec). One-off check: restart_policy never and remove, returns exit code and logs.',
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    effects: ['exec'],
    example: { name: 'hello', image: 'busybox:1.37', command: 'echo hello', dry_run: true },
    timeLimitSeconds: ({ wait, remove, timeout_seconds }: RunPodDto) =>
      (wait || remove ? timeout_seconds : 30) + ANSWER_SECONDS,
    sharedFields: [DryRunField],
  })
  async runPod(query: RunPodDto, call: ToolCall): Promise<ToolResult | string> {
    return runPod(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_exec',
    title: 'Execute Command in Kubernetes Pod',
    description:
      "Runs a program with quoted arguments in a container, without a shell: pipes need sh -c '...'. Fails on an exit code other than 0. The time limit does not end the process.",
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    effects: ['exec'],
    example: { pod_name: 'postgres-0', command: 'echo hello', namespace: 'shop' },
    timeLimitSeconds: ({ timeout_seconds }: ExecDto) => timeout_seconds + ANSWER_SECONDS,
    sharedFields: [DryRunField],
  })
  async exec(query: ExecDto, call: ToolCall): Promise<ToolResult | string> {
    const cluster = this.clusters.of(call);
    return isDryRun(call) ? previewExec(cluster, query, call) : execCommand(cluster, query, call);
  }
}
