import type { ApiResource } from '#cluster';

/** Characters of an answer that are left for the note below a list. */
export const NOTE_CHARS = 300;

/** The last line of a list that is cut, with the call that reads on. */
export function cutNote(
  { groupResource }: ApiResource,
  { shown, remaining }: { shown: number; remaining: number | undefined },
): string {
  const left = remaining === undefined ? 'there are more' : `${remaining} more are left`;
  return `[Cut after ${shown}; ${left}. Name a namespace, or read them all with k8s_get, resource_type=${groupResource} and its cursor.]`;
}
