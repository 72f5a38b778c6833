import { compareTexts } from '#base';
import { ToolError } from '#tools';

/** What the metadata of a stored release says about it. */
export interface Revision {
  name: string;
  namespace: string;
  revision: number;
  status: string;
  /** When helm last changed it, if known: seconds since 1970, as text. */
  modifiedAt: string | undefined;
  /** The Secret or ConfigMap that holds it. */
  object: string;
  uid: string;
  resourceVersion: string;
}

/** The metadata of the Secret or ConfigMap that holds a revision. */
export interface StoredRevision {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
  };
}

/** Reads the labels that helm sets on what it stores. */
export function revisionOf({ metadata }: StoredRevision): Revision {
  const { labels = {}, name: object, namespace, uid, resourceVersion } = metadata;
  const { name = '', status = '', version } = labels;
  const modifiedAt = labels['modifiedAt'] ?? labels['createdAt'];
  const revision = Number(version);
  return { name, namespace, status, revision, modifiedAt, object, uid, resourceVersion };
}

/** The last revision of each release, sorted by name and namespace. */
export function latestRevisions(revisions: readonly Revision[]): Revision[] {
  const latest = new Map<string, Revision>();
  for (const revision of revisions) {
    const key = `${revision.namespace}/${revision.name}`;
    if ((latest.get(key)?.revision ?? -1) <= revision.revision) latest.set(key, revision);
  }
  return [...latest.values()].sort(
    (a, b) => compareTexts(a.name, b.name) || compareTexts(a.namespace, b.namespace),
  );
}

/**
 * The wanted revision of a release, by default the last.
 * @param revisions all of them, the oldest first; at least one
 * @throws ToolError `not_found` with those that are kept
 */
export function revisionToShow(revisions: readonly Revision[], wanted?: number): Revision {
  if (wanted === undefined) return revisions.at(-1)!;
  const found = revisions.find(({ revision }) => revision === wanted);
  if (!found) throw notKept(revisions, `no revision ${wanted}`);
  return found;
}

/**
 * The revision of a release to go back to; otherwise as `revisionToShow`.
 * @param wanted 0 for the one before the last
 */
export function revisionToRestore(revisions: readonly Revision[], wanted: number): Revision {
  if (wanted !== 0) return revisionToShow(revisions, wanted);
  const before = revisions.at(-2);
  if (!before) throw notKept(revisions, 'no revision before the last');
  return before;
}

function notKept(revisions: readonly Revision[], lack: string): ToolError {
  const { name, namespace } = revisions.at(-1)!;
  const kept = revisions.map(({ revision }) => revision).join(', ');
  const message = `Release "${name}" in namespace "${namespace}" has ${lack}. There are ${kept}; helm_history lists them.`;
  return new ToolError('not_found', message);
}
