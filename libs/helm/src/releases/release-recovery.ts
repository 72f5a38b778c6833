import type { Cluster } from '#cluster';
import type { Revision } from './release-revision.js';
import type { ReleaseStore } from './release-store.js';
import type { ReleaseSummary } from './release.js';

/** Revisions that are searched for one to go back to; helm keeps ten by default. */
const SEARCHED_REVISIONS = 20;

/** What helm writes into a revision only when its operation has succeeded. */
const COMPLETE = ['Install complete', 'Upgrade complete'];

/**
 * What helm leaves in a revision that failed, was interrupted or was uninstalled, even if it later
 * marks that revision as superseded.
 */
const NOT_COMPLETE =
  /^((Upgrade|Rollback|Release) ".*" failed: |Preparing upgrade|Initial install underway|failed to render resource|Uninstallation complete|Deletion in progress|superseded by new release)/s;

const FAILED_ROLLBACK = /^(Rollback|Release) ".*" failed: /s;

/**
 * The state of a release after an operation that did not succeed, and how to recover; undefined if
 * there is nothing to do.
 * @param revisions its revisions, the oldest first
 */
export async function recoveryHint(
  store: ReleaseStore,
  cluster: Cluster,
  revisions: readonly Revision[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const last = revisions.at(-1);
  if (!last || !(isPending(last.status) || ['uninstalling', 'failed'].includes(last.status))) {
    return undefined;
  }
  return hintFor(last, await goodRevision(store, cluster, revisions, signal));
}

/** Whether a status says that an install, upgrade or rollback is under way or was interrupted. */
export function isPending(status: string): boolean {
  return status.startsWith('pending-');
}

/**
 * The last revision that is known to have been deployed successfully. A superseded revision need
 * not have been: a rollback that fails marks the one before it as superseded, whatever its state
 * was. Source: helm 3 and 4, pkg/action/rollback.go.
 * @param revisions the oldest first
 */
export function lastDeployed(revisions: readonly ReleaseSummary[]): number | undefined {
  return revisions.findLast(({ status, description }, index) => {
    if (status === 'deployed') return true;
    if (status !== 'superseded' || NOT_COMPLETE.test(description)) return false;
    if (COMPLETE.includes(description)) return true;
    // "Rollback to 1", or a text of the user. Helm writes it before the rollback has succeeded, and
    // leaves it if the rollback is interrupted.
    return !FAILED_ROLLBACK.test(revisions[index + 1]?.description ?? '');
  })?.revision;
}

async function goodRevision(
  store: ReleaseStore,
  cluster: Cluster,
  revisions: readonly Revision[],
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const recent = revisions.slice(-SEARCHED_REVISIONS);
    return lastDeployed(await store.summarize(cluster, recent, signal));
  } catch (error) {
    if (signal.aborted) throw error;
    // One that cannot be read is not known to be good.
    return undefined;
  }
}

function hintFor(
  { name, namespace, revision, status }: Revision,
  good: number | undefined,
): string | undefined {
  const release = `Release "${name}" in namespace "${namespace}"`;
  const away = 'remove it with helm_uninstall, then install it again';
  const unknown = revision > 1 ? ' None of its revisions is known to have been deployed well.' : '';
  if (isPending(status)) {
    const what = `${release} is left ${status} (revision ${revision}): some of its objects may be changed already, and helm refuses to upgrade it.`;
    const way = good === undefined ? away : `go back with helm_rollback to revision ${good}`;
    return `${what}${good === undefined ? unknown : ''} If no operation is running on it any more, ${way}.`;
  }
  if (status === 'uninstalling') {
    return `${release} is left uninstalling: some of its objects may still be there. Call helm_uninstall again.`;
  }
  const what = `${release} is failed (revision ${revision}): some of its objects may be changed already.`;
  return good === undefined
    ? `${what}${unknown} To recover, ${away}.`
    : `${what} To recover, go back with helm_rollback to revision ${good}, or upgrade it again.`;
}
