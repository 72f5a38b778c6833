import type { Pod } from '#cluster';
import { ToolError } from '#tools';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/**
 * Chooses a container of a pod: the given one, otherwise the one in its default-container
 * annotation, otherwise its only one.
 * @param otherwise what the caller can give instead of container_name, for the message
 * @throws ToolError `invalid_input` with the names of the containers if the given one does not
 * exist or the caller must choose one
 */
export function chooseContainer(pod: Pod, wanted: string | undefined, otherwise = ''): string {
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

/** All containers of a pod, including init and ephemeral ones. */
export function containerNames({ spec }: Pod): string[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  return [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name);
}
