import { ageSince, alignLines, diffObjects, toYaml, type Cluster } from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import type { ArgoHistoryDto } from './argo-history.dto.js';
import { roleOf } from '../model/replica-set-role.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';
import { revisionsOf, type Revision } from '../model/rollout-revisions.js';
import type { Rollout } from '../model/rollout.js';
import { templateChanges } from '../model/template-compare.js';

const CHANGE_CAUSE = 'kubernetes.io/change-cause';
/** Changed fields that the row of a revision names. */
const MAX_CHANGES = 3;

/** One revision of the history. */
interface Row {
  revision: number;
  status: string;
  pods: string;
  age: string;
  images: string[];
  changes: string[];
  change_cause?: string;
}

/**
 * All revisions with their images, age, state and changes; or one revision in full.
 * @throws ToolError `not_found` with the revisions that are kept
 */
export async function rolloutHistory(
  cluster: Cluster,
  query: ArgoHistoryDto,
  { signal }: ToolCall,
): Promise<ToolResult> {
  const ref = await rolloutRef(cluster, query, signal);
  const target = ref.resource.label(ref.name);
  const rollout = await readRollout(cluster, ref, signal);
  const revisions = await revisionsOf(cluster, rollout, signal);
  if (query.revision) return oneRevision(target, rollout, revisions, query.revision);
  const rows = revisions.map((revision, index) => rowOf(rollout, revision, revisions[index - 1]));
  if (rows.length === 0) {
    return { output: `${target}\nNo revisions yet.`, data: { revisions: [] } };
  }
  const header = ['REVISION', 'STATUS', 'PODS', 'AGE', 'IMAGES', 'CHANGED'];
  const lines = alignLines([header, ...rows.map(cellsOf)]);
  return { output: [target, ...lines].join('\n'), data: { revisions: rows } };
}

function rowOf(
  rollout: Rollout,
  { revision, replicaSet, template }: Revision,
  last?: Revision,
): Row {
  const { metadata, spec, status = {} } = replicaSet;
  const cause = metadata.annotations?.[CHANGE_CAUSE];
  return {
    revision,
    status: roleOf(rollout, replicaSet).join(',') || '-',
    pods: `${status.availableReplicas ?? 0}/${spec.replicas ?? 0}`,
    age: ageSince(metadata.creationTimestamp),
    images: (template.spec?.containers ?? []).map(({ image }) => image),
    changes: last ? templateChanges(last.template, template).map(({ text }) => text) : [],
    ...(cause && { change_cause: cause }),
  };
}

function cellsOf({ revision, status, pods, age, images, changes, change_cause }: Row): string[] {
  const shown = changes.slice(0, MAX_CHANGES).join('; ');
  const more = changes.length > MAX_CHANGES ? `; ${changes.length - MAX_CHANGES} more` : '';
  const changed = changes.length === 0 ? '-' : shown + more;
  const cause = change_cause === undefined ? '' : ` (${change_cause})`;
  return [String(revision), status, pods, age, images.join(','), changed + cause];
}

function oneRevision(
  target: string,
  rollout: Rollout,
  revisions: readonly Revision[],
  wanted: number,
): ToolResult {
  const index = revisions.findIndex(({ revision }) => revision === wanted);
  const revision = revisions[index];
  if (!revision) {
    const known = revisions.map((one) => one.revision).join(', ') || 'none';
    throw new ToolError('not_found', `${target} has no revision ${wanted}. There are: ${known}.`);
  }
  const last = revisions[index - 1];
  const row = rowOf(rollout, revision, last);
  const head = [
    `${target} revision ${wanted}: ${row.status}, ${row.pods} pods available, ${row.age} old`,
    ...(row.change_cause ? [`Change cause: ${row.change_cause}`] : []),
    '',
    toYaml(revision.template).trimEnd(),
  ];
  const diff = last && diffObjects({ template: last.template }, { template: revision.template });
  const hunks = diff ? diff.split('\n').slice(2) : [];
  const changed = last && [`--- revision ${last.revision}`, `+++ revision ${wanted}`, ...hunks];
  return {
    output: [...head, ...(changed && hunks.length > 0 ? ['', ...changed] : [])].join('\n'),
    data: { ...row, template: revision.template },
  };
}
