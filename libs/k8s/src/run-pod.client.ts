import { Injectable } from '@nestjs/common';
import {
  FIELD_MANAGER,
  apiStatusOf,
  changeText,
  containerStatuses,
  isDryRun,
  isFinished,
  isReady,
  stateOf,
  type Cluster,
  type KubernetesObject,
  objectVersions,
  type LivePod,
} from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import { commandWords } from './command-words.js';
import { RESTART_POLICIES, type RunPodDto } from './dto/run-pod.dto.js';
import { podPath } from './pod-path.js';

/** Why a container waits when waiting longer is of no use. */
const HOPELESS = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'InvalidImageName',
]);

/** Runs a pod of its own. */
@Injectable()
export class RunPodClient {
  /**
   * Creates a pod and, where asked to, waits for its end, gives its logs and removes it.
   * @throws ToolError `conflict` for a name that is taken; `failed` with the logs for a pod that fails or cannot start; `timeout` with its state
   */
  async run(cluster: Cluster, query: RunPodDto, call: ToolCall): Promise<ToolResult | string> {
    const dryRun = isDryRun(call);
    const created = await cluster.request<LivePod & KubernetesObject>(podPath(query.namespace), {
      method: 'POST',
      body: manifestOf(query),
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: 'Strict',
        dryRun: dryRun ? 'All' : undefined,
      },
      // Whoever is to remove the pod has to know whether it is there, so its creation is not broken off.
      signal: query.remove ? undefined : call.signal,
    });
    if (dryRun || !(query.wait || query.remove)) {
      return changeText(`pod/${query.name} created`, { before: undefined, after: created }, dryRun);
    }
    try {
      const pod = await waitFor(cluster, query, call);
      return outcomeOf(query, pod, await logsOf(cluster, query, call));
    } finally {
      if (query.remove) await remove(cluster, query, created);
    }
  }
}

function manifestOf(query: RunPodDto): KubernetesObject {
  const { name, namespace, image, command, restart_policy } = query;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { run: name } },
    spec: {
      restartPolicy: RESTART_POLICIES[restart_policy],
      containers: [
        { name, image, ...(command !== undefined && { command: commandWords(command) }) },
      ],
    },
  };
}

/** The pod when it has ended, is ready where it is not to end, or cannot start. */
async function waitFor(cluster: Cluster, query: RunPodDto, call: ToolCall): Promise<LivePod> {
  const { name, namespace, restart_policy, timeout_seconds: seconds } = query;
  const ended = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)]);
  const signals = { cancelled: call.signal, ended };
  let state = 'Pending';
  let steps = 0;
  for await (const pod of objectVersions<LivePod>(cluster, podPath(namespace), name, signals)) {
    if (stateOf(pod) !== state) call.progress({ progress: ++steps, message: stateOf(pod) });
    state = stateOf(pod);
    const isThere = isFinished(pod) || (restart_policy === 'always' && isReady(pod));
    if (isThere || isHopeless(pod)) return pod;
  }
  call.signal.throwIfAborted();
  throw new ToolError(
    'timeout',
    `Pod ${namespace}/${name} was created, but after ${seconds} s it is ${state}. ${fate(query)}`,
  );
}

function isHopeless(pod: LivePod): boolean {
  return containerStatuses(pod).some(({ state }) => HOPELESS.has(state?.waiting?.reason ?? ''));
}

/** The pod's log, or why there is none. */
async function logsOf(cluster: Cluster, query: RunPodDto, call: ToolCall): Promise<string> {
  try {
    const log = await cluster.text(`${podPath(query.namespace, query.name)}/log`, {
      query: { container: query.name, limitBytes: call.maxOutputChars },
      signal: call.signal,
    });
    return log.trimEnd();
  } catch (error) {
    call.signal.throwIfAborted();
    return `(no log: ${(error as Error).message})`;
  }
}

/** @throws ToolError `failed` with the log, unless the pod did what it was to do */
function outcomeOf(query: RunPodDto, pod: LivePod, log: string): ToolResult {
  const name = `Pod ${query.namespace}/${query.name}`;
  const [container] = containerStatuses(pod);
  const exitCode = container?.state?.terminated?.exitCode;
  if (pod.status?.phase === 'Succeeded' || isReady(pod)) {
    const how = exitCode === undefined ? 'is ready' : `succeeded with exit code ${exitCode}`;
    const output = [`${name} ${how}. ${fate(query)}`, log].filter((part) => part !== '');
    return {
      output: output.join('\n\n'),
      data: { phase: pod.status?.phase, exit_code: exitCode, log },
    };
  }
  const how =
    exitCode === undefined
      ? `cannot run: it is ${stateOf(pod)}`
      : `failed with exit code ${exitCode}`;
  throw new ToolError('failed', `${name} ${how}. ${fate(query)}`, { output: log });
}

/** Deletes the pod that was created, and no other of its name. */
async function remove(cluster: Cluster, query: RunPodDto, { metadata }: LivePod): Promise<void> {
  try {
    await cluster.request(podPath(query.namespace, query.name), {
      method: 'DELETE',
      body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: metadata.uid } },
    });
  } catch (error) {
    const isGone = [404, 409].includes(apiStatusOf(error)?.code ?? 0);
    if (isGone) return;
    const message = `Pod ${query.namespace}/${query.name} could not be removed: ${(error as Error).message} Delete it with k8s_delete.`;
    throw new ToolError('failed', message, { cause: error });
  }
}

/** What becomes of the pod after the call. */
function fate({ remove: isRemoved }: RunPodDto): string {
  return isRemoved ? 'It was removed.' : 'It is still there; k8s_delete removes it.';
}
