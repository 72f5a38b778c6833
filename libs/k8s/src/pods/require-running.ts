import { containerStatuses, stateOf, type LivePod } from '#cluster';
import { ToolError } from '#tools';

/**
 * Checks that a container is running.
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
