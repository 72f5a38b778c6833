import { ToolError } from '#tools';

interface Container {
  name: string;
}

/** What is read of a pod. */
export interface Pod {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: {
    containers: Container[];
    initContainers?: Container[];
    ephemeralContainers?: Container[];
  };
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: {
    running?: object;
    waiting?: { reason?: string; message?: string };
    terminated?: { reason?: string; exitCode: number };
  };
}

/** A pod with what is read of its state. */
export interface LivePod extends Pod {
  metadata: Pod['metadata'] & {
    namespace: string;
    uid: string;
    resourceVersion: string;
    deletionTimestamp?: string;
  };
  status?: {
    phase?: string;
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

/** Whether a pod has ended for good. */
export function isFinished({ status }: LivePod): boolean {
  return ['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

/** The state of a pod in a few words, with why its containers do not run: "Pending (web: ImagePullBackOff)". */
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
 * Makes sure that a container runs before something is asked of it.
 * @throws ToolError `precondition` with its state
 */
export function requireRunning(pod: LivePod, container: string): void {
  const { namespace, name } = pod.metadata;
  const status = containerStatuses(pod).find((one) => one.name === container);
  const isRunning = status ? status.state?.running : pod.status?.phase === 'Running';
  if (isRunning) return;
  throw new ToolError(
    'precondition',
    `Container ${container} of pod ${namespace}/${name} is not running. The pod is ${stateOf(pod)}. k8s_describe tells more.`,
  );
}
