import type { Revision } from './release-revision.js';

/**
 * What is left of a release after an operation that did not end well, and how to get it well again; undefined where nothing is left to do.
 * @param revisions its revisions, the oldest first
 */
export function recoveryHint(revisions: readonly Revision[]): string | undefined {
  const last = revisions.at(-1);
  if (!last) return undefined;
  const { name, namespace, revision, status } = last;
  const release = `Release "${name}" in namespace "${namespace}"`;
  const good = revisions.findLast((one) => ['deployed', 'superseded'].includes(one.status));
  const back = good
    ? `go back with helm_rollback to revision ${good.revision}`
    : 'remove it with helm_uninstall, then install it again';
  if (isPending(status)) {
    return `${release} is left ${status} (revision ${revision}): some of its objects may be changed already, and helm refuses to upgrade it. If no operation is running on it any more, ${back}.`;
  }
  if (status === 'uninstalling') {
    return `${release} is left uninstalling: some of its objects may still be there. Call helm_uninstall again.`;
  }
  if (status === 'failed') {
    const again = good ? ', or upgrade it again' : '';
    return `${release} is failed (revision ${revision}): some of its objects may be changed already. To recover, ${back}${again}.`;
  }
  return undefined;
}

/** Whether a status says that an install, upgrade or rollback is under way, or was broken off. */
export function isPending(status: string): boolean {
  return status.startsWith('pending-');
}
