import type { Pod } from '#cluster';
import { chooseContainer, containerNames } from '../pods/choose-container.js';

/** The log of one container of one pod. */
export interface LogSource {
  pod: string;
  container: string;
}

/** The containers to read of each pod. */
export interface ContainerChoice {
  container_name?: string;
  all_containers: boolean;
}

/**
 * The logs to read of some pods.
 * @throws ToolError as `chooseContainer`
 */
export function logSources(pods: readonly Pod[], choice: ContainerChoice): LogSource[] {
  return pods.flatMap((pod) =>
    wantedContainers(pod, choice).map((container) => ({ pod: pod.metadata.name, container })),
  );
}

function wantedContainers(
  pod: Pod,
  { container_name: wanted, all_containers: all }: ContainerChoice,
): string[] {
  return all ? containerNames(pod) : [chooseContainer(pod, wanted, ' or all_containers')];
}
