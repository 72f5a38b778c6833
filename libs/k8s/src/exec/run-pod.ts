import {
  FIELD_MANAGER,
  changeText,
  containerStatuses,
  isDryRun,
  isFinished,
  isReady,
  stateOf,
  type Cluster,
  type KubernetesObject,
  objectVersions,
  Outage,
  withFateOfChange,
  type LivePod,
} from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import { commandWords } from './command-words.js';
import { RESTART_POLICIES, type RunPodDto } from './run-pod.dto.js';
import { podPath } from '../pods/pod-path.js';
import { newCallAnnotation, removeIfCreated, removePod } from './run-pod-removal.js';

/** Reasons of a waiting container that will not start. */
const HOPELESS = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'InvalidImageName',
]);

/** What happens to a pod that is not removed, to follow its name. */
const STAYS = 'is still there; k8s_delete removes it.';

/**
 * Creates a pod. If asked to, waits for its end, returns its logs and removes it. A failed removal
 * is reported in addition to what the pod did.
 * @throws ToolError `conflict` for a name that is taken; `failed` with the logs for a pod that
 * fails or cannot start; `timeout` with its state
 */
export async function runPod(
  cluster: Cluster,
  query: RunPodDto,
  call: ToolCall,
): Promise<ToolResult | string> {
  const dryRun = isDryRun(call);
  const created = await create(cluster, query, call);
  if (dryRun || !(query.wait || query.remove)) {
    const change = { before: undefined, after: created, sent: manifestOf(query, undefined) };
    return changeText(`pod/${query.name} created`, change, call);
  }
  const ended = AbortSignal.any([call.signal, AbortSignal.timeout(query.timeout_seconds * 1_000)]);
  const tell = (message: string) => call.progress({ progress: 0, message });
  const outage = new Outage(ended, tell);
  let pod: LivePod;
  let log: string;
  try {
    pod = await waitFor(cluster, query, call, { ended, outage });
    log = await logsOf(cluster, query, call, { ended, outage });
  } catch (error) {
    throw query.remove ? withFate(error, await removePod(cluster, created)) : error;
  }
  return outcomeOf(query, pod, log, query.remove ? await removePod(cluster, created) : STAYS);
}

/** The wait for a pod, up to the time limit of the query. */
interface Wait {
  ended: AbortSignal;
  outage: Outage;
}

type CreatedPod = LivePod & KubernetesObject;

async function create(cluster: Cluster, query: RunPodDto, call: ToolCall): Promise<CreatedPod> {
  const dryRun = isDryRun(call);
  const annotations = query.remove && !dryRun ? newCallAnnotation() : undefined;
  const manifest = manifestOf(query, annotations);
  const sentAt = Date.now();
  try {
    return await cluster.request<CreatedPod>(podPath(query.namespace), {
      method: 'POST',
      body: manifest,
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: 'Strict',
        dryRun: dryRun ? 'All' : undefined,
      },
      // Not cancelled if the pod must be removed: that needs to know whether it was created.
      signal: query.remove ? undefined : call.signal,
    });
  } catch (error) {
    if (!(error instanceof ToolError && error.isOutcomeUnknown)) throw error;
    if (annotations) throw withFate(error, await removeIfCreated(cluster, query, annotations));
    // A cancelled caller does not wait for another look.
    if (call.signal.aborted) throw error;
    const resource = await cluster.discovery.resolve('pods', call.signal).catch(() => undefined);
    if (!resource) throw error;
    const ref = { resource, namespace: query.namespace, name: query.name };
    throw await withFateOfChange(cluster, ref, error, { sentAt, patch: manifest });
  }
}

function manifestOf(
  query: RunPodDto,
  annotations: Record<string, string> | undefined,
): KubernetesObject {
  const { name, namespace, image, command, restart_policy } = query;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { run: name }, annotations },
    spec: {
      restartPolicy: RESTART_POLICIES[restart_policy],
      containers: [
        { name, image, ...(command !== undefined && { command: commandWords(command) }) },
      ],
    },
  };
}

/** The pod once it has ended, cannot start or, with restart policy Always, is ready. */
async function waitFor(
  cluster: Cluster,
  query: RunPodDto,
  call: ToolCall,
  { ended, outage }: Wait,
): Promise<LivePod> {
  const { name, namespace, restart_policy, timeout_seconds: seconds } = query;
  let state = 'Pending';
  let steps = 0;
  const signals = { cancelled: call.signal, ended, outage, isBegun: true };
  for await (const pod of objectVersions<LivePod>(cluster, podPath(namespace), name, signals)) {
    if (stateOf(pod) !== state) call.progress({ progress: ++steps, message: stateOf(pod) });
    state = stateOf(pod);
    const isThere = isFinished(pod) || (restart_policy === 'always' && isReady(pod));
    if (isThere || isHopeless(pod)) return pod;
  }
  call.signal.throwIfAborted();
  throw new ToolError(
    'timeout',
    `Pod ${namespace}/${name} was created, but after ${seconds} s it is ${state}.${outage.remark}${query.remove ? '' : ` It ${STAYS}`}`,
  );
}

function isHopeless(pod: LivePod): boolean {
  return containerStatuses(pod).some(({ state }) => HOPELESS.has(state?.waiting?.reason ?? ''));
}

/** The pod's log, or why there is none. */
async function logsOf(
  cluster: Cluster,
  query: RunPodDto,
  call: ToolCall,
  { ended, outage }: Wait,
): Promise<string> {
  const read = () =>
    cluster.text(`${podPath(query.namespace, query.name)}/log`, {
      query: { container: query.name, limitBytes: call.maxKeptChars },
      signal: ended,
    });
  try {
    const log = await outage.survive(read);
    return log?.trimEnd() ?? `(no log:${outage.remark})`;
  } catch (error) {
    call.signal.throwIfAborted();
    return `(no log: ${(error as Error).message})`;
  }
}

/**
 * @param fate what happened to the pod, to follow its name
 * @throws ToolError `failed` with the log, unless the pod succeeded or is ready
 */
function outcomeOf(query: RunPodDto, pod: LivePod, log: string, fate: string): ToolResult {
  const name = `Pod ${query.namespace}/${query.name}`;
  const [container] = containerStatuses(pod);
  const exitCode = container?.state?.terminated?.exitCode;
  if (pod.status?.phase === 'Succeeded' || isReady(pod)) {
    const how = exitCode === undefined ? 'is ready' : `succeeded with exit code ${exitCode}`;
    const output = [`${name} ${how}. It ${fate}`, log].filter((part) => part !== '');
    return {
      output: output.join('\n\n'),
      data: { phase: pod.status?.phase, exit_code: exitCode, log },
    };
  }
  const how =
    exitCode === undefined
      ? `cannot run: it is ${stateOf(pod)}`
      : `failed with exit code ${exitCode}`;
  throw new ToolError('failed', `${name} ${how}. It ${fate}`, { output: log });
}

/** A failure, with what happened to the pod. */
function withFate(error: unknown, fate: string): unknown {
  if (!(error instanceof ToolError)) return error;
  return error.with({ message: `${error.message} The pod ${fate}`, cause: error });
}
