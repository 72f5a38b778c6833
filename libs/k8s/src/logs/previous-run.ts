import { containerStatuses, type LivePod } from '#cluster';

/**
 * Why the run of a container before the present one has no log, as a sentence; undefined where it
 * may have one.
 */
export function noPreviousRun(pod: LivePod, container: string): string | undefined {
  const restarted = containerStatuses(pod)
    .filter(({ lastState, restartCount = 0 }) => lastState?.terminated ?? restartCount > 0)
    .map(({ name }) => name);
  if (restarted.includes(container)) return undefined;
  const { name } = pod.metadata;
  const others =
    restarted.length > 0
      ? `Of this pod, ${restarted.join(', ')} ${restarted.length > 1 ? 'have' : 'has'} one: give container_name`
      : 'No container of this pod has one. Leave previous out';
  return `Container ${container} of pod ${name} has no previous run: it has not restarted. ${others}.`;
}
