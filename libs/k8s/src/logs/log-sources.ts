import { type Pod } from '#cluster';
import { ToolError } from '#tools';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** One log: of one container of one pod. */
export interface LogSource {
  pod: string;
  container: string;
}

/** Which containers of each pod are wanted. */
export interface ContainerChoice {
  container_name?: string;
  all_containers: boolean;
}

/**
 * The logs to read of some pods.
 * @throws ToolError `invalid_input` that lists the containers, when the one named is not there or
 * one has to be chosen
 */
export function logSources(pods: readonly Pod[], choice: ContainerChoice): LogSource[] {
  return pods.flatMap((pod) =>
    containersOf(pod, choice).map((container) => ({ pod: pod.metadata.name, container })),
  );
}

function containersOf(
  pod: Pod,
  { container_name: wanted, all_containers: all }: ContainerChoice,
): string[] {
  return all ? containerNames(pod) : [containerOf(pod, wanted, ' or all_containers')];
}

/**
 * The container of a pod that is meant: the one named, else the one that its default-container
 * annotation names, else its only one.
 * @param otherwise what can be given besides container_name, for the message
 * @throws ToolError `invalid_input` that lists the containers, when the one named is not there or
 * one has to be chosen
 */
export function containerOf(pod: Pod, wanted: string | undefined, otherwise = ''): string {
  const every = containerNames(pod);
  const unclear = (what: string) => {
    const choices = every.join(', ');
    const message = `${what}. Give container_name (one of ${choices})${otherwise}.`;
    return new ToolError('invalid_input', message, {
      errors: [{ field: 'container_name', message: what, accepts: `one of ${choices}` }],
    });
  };
  if (wanted !== undefined) {
    if (every.includes(wanted)) return wanted;
    throw unclear(`The pod ${pod.metadata.name} has no container "${wanted}"`);
  }
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER];
  if (annotated !== undefined && every.includes(annotated)) return annotated;
  const [only, ...others] = pod.spec.containers;
  if (only && others.length === 0) return only.name;
  throw unclear(`The pod ${pod.metadata.name} has several containers`);
}

function containerNames({ spec }: Pod): string[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  return [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name);
}
