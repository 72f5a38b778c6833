/** Characters of what a kubelet says of a container that it cannot start. */
const MAX_SAID = 500;

interface Container {
  name: string;
  restartPolicy?: string;
}

/** What is read of a pod. */
export interface Pod {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: {
    nodeName?: string;
    schedulerName?: string;
    containers: Container[];
    initContainers?: Container[];
    ephemeralContainers?: Container[];
  };
}

export interface ContainerStatus {
  name: string;
  image?: string;
  ready?: boolean;
  /** Whether its startup probe, if it has one, has succeeded. */
  started?: boolean;
  restartCount?: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  running?: { startedAt?: string };
  waiting?: { reason?: string; message?: string };
  terminated?: { reason?: string; exitCode: number };
}

/** A pod with what is read of its state. */
export interface LivePod extends Pod {
  metadata: Pod['metadata'] & {
    namespace: string;
    uid: string;
    resourceVersion: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
  };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
    ephemeralContainerStatuses?: ContainerStatus[];
  };
}

/** The states of a pod's containers, init containers first. */
export function containerStatuses({ status }: LivePod): ContainerStatus[] {
  const {
    initContainerStatuses,
    containerStatuses: own,
    ephemeralContainerStatuses,
  } = status ?? {};
  return [initContainerStatuses, own, ephemeralContainerStatuses].flatMap((some) => some ?? []);
}

/** Whether a pod takes requests. */
export function isReady({ metadata, status }: LivePod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && metadata.deletionTimestamp === undefined;
}

/** Whether the reason of a waiting container says no more than that it is about to start. */
export function isStarting(reason: string): boolean {
  return reason === 'ContainerCreating' || reason === 'PodInitializing';
}

/** Whether a pod has ended for good. */
export function isFinished({ status }: LivePod): boolean {
  return ['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

/**
 * The state of a pod in a few words, with why its containers do not run: "Pending (web:
 * ImagePullBackOff)".
 */
export function stateOf(pod: LivePod): string {
  const { metadata, status } = pod;
  const phase = metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? 'Pending');
  const reasons = containerStatuses(pod).flatMap((container) => {
    const { waiting, terminated } = container.state ?? {};
    const reason = waiting?.reason ?? terminated?.reason;
    return reason === undefined ? [] : [`${container.name}: ${reason}`];
  });
  const unscheduled = status?.conditions?.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  if (unscheduled) reasons.push(unscheduled.message ?? unscheduled.reason ?? 'not scheduled');
  return reasons.length > 0 ? `${phase} (${reasons.join(', ')})` : phase;
}

/**
 * Why a container has never run yet, as a sentence; undefined for one that has, and so may have a
 * log.
 */
export function notStarted(pod: LivePod, container: string): string | undefined {
  const status = containerStatuses(pod).find((one) => one.name === container);
  const { running, terminated, waiting } = status?.state ?? {};
  const hasRun = running ?? terminated ?? status?.lastState?.terminated;
  const isPending = waiting !== undefined || (pod.status?.phase ?? 'Pending') === 'Pending';
  if (hasRun || !isPending) return undefined;
  const init = pod.status?.initContainerStatuses?.find(({ state }) => state?.running);
  const first =
    init && init.name !== container ? ` Its init container ${init.name} is still running.` : '';
  const said = waiting?.message ? ` ${waiting.message.slice(0, MAX_SAID)}` : '';
  return `Container ${container} of pod ${pod.metadata.name} has not started. The pod is ${stateOf(pod)}.${first}${said}`;
}
