import { ToolError } from '#tools';
import type { Pod } from './log-targets.js';

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
 * @throws ToolError `invalid_input` that lists the containers, when the one named is not there or one has to be chosen
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
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const every = [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name);
  if (all) return every;
  if (wanted !== undefined) {
    if (every.includes(wanted)) return [wanted];
    throw unclear(`The pod ${pod.metadata.name} has no container "${wanted}"`, every);
  }
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER];
  if (annotated !== undefined && every.includes(annotated)) return [annotated];
  if (containers.length === 1) return containers.map(({ name }) => name);
  throw unclear(`The pod ${pod.metadata.name} has several containers`, every);
}

function unclear(what: string, names: string[]): ToolError {
  const choices = names.join(', ');
  return new ToolError(
    'invalid_input',
    `${what}. Give container_name (one of ${choices}) or all_containers.`,
    {
      errors: [{ field: 'container_name', message: what, accepts: `one of ${choices}` }],
    },
  );
}
