import { ageSince, alignLines, isOwnedBy } from '#cluster';
import { timeOf, type RolloutParts } from '../model/rollout-parts.js';
import type { ReplicaSet } from '../model/rollout-revisions.js';
import { roleOf } from '../model/replica-set-role.js';
import type { RolloutProgress } from '../model/rollout-progress.js';
import type { TreeNode } from '../model/rollout-tree.js';
import type { Rollout } from '../model/rollout.js';
import { withIcon } from '../model/tree-icons.js';

const LABEL_WIDTH = 17;
const COLUMN_GAP = 2;
const MAX_EVENTS = 20;

/** A line with a label and a value, aligned like the plugin's. */
function line(label: string, value: string | number | bigint): string {
  return `${label.padEnd(LABEL_WIDTH)}${value}`;
}

/**
 * The head of `kubectl argo rollouts get rollout`: name, status, strategy, step, weights, images,
 * replicas.
 */
export function headLines(rollout: Rollout, state: RolloutProgress, parts: RolloutParts): string[] {
  const { metadata, spec } = rollout;
  const { phase, message, step, weight, replicas } = state;
  const images = imagesOf(rollout, parts);
  return [
    line('Name:', metadata.name),
    line('Namespace:', metadata.namespace),
    line('Status:', withIcon('rollout', phase)),
    ...(message === '' ? [] : [line('Message:', message)]),
    line(
      'Strategy:',
      spec.strategy?.canary ? 'Canary' : spec.strategy?.blueGreen ? 'BlueGreen' : '',
    ),
    ...(weight
      ? [
          line('  Step:', step ? `${step.done}/${step.of}` : ''),
          line('  SetWeight:', weight.set),
          line('  ActualWeight:', weight.actual),
        ]
      : []),
    ...images.map((image, index) => line(index === 0 ? 'Images:' : '', image)),
    'Replicas:',
    line('  Desired:', replicas.desired),
    line('  Current:', replicas.current),
    line('  Updated:', replicas.updated),
    line('  Ready:', replicas.ready),
    line('  Available:', replicas.available),
  ].map((text) => text.trimEnd());
}

/** The images that run, each with its roles: stable, canary, Σ:template of an experiment. */
function imagesOf(rollout: Rollout, { replicaSets, experiments }: RolloutParts): string[] {
  const tags = new Map<string, readonly string[]>();
  const add = (set: ReplicaSet, roles: readonly string[]) => {
    if ((set.status?.replicas ?? 0) === 0) return;
    for (const { image } of set.spec.template.spec?.containers ?? []) {
      const others = tags.get(image);
      tags.set(image, others ? [...new Set([...others, ...roles])].sort() : roles);
    }
  };
  for (const set of replicaSets) {
    if (isOwnedBy(set.metadata, rollout.metadata.uid)) add(set, roleOf(rollout, set));
    const template = set.metadata.annotations?.['experiment.argoproj.io/template-name'];
    const isExperiments = experiments.some(({ metadata }) => isOwnedBy(set.metadata, metadata.uid));
    if (isExperiments) add(set, template ? [`Σ:${template}`] : []);
  }
  return [...tags]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([image, roles]) => (roles.length === 0 ? image : `${image} (${roles.join(', ')})`));
}

/** The tree of the plugin, in columns. */
export function treeLines(root: TreeNode): string[] {
  const rows = [['NAME', 'KIND', 'STATUS', 'AGE', 'INFO']];
  const walk = (node: TreeNode, prefix: string, below: string) => {
    const { icon, name, kind, status, age, info, children } = node;
    rows.push([`${prefix}${icon} ${name}`, kind, status, age, info]);
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1;
      walk(child, `${below}${isLast ? '└──' : '├──'}`, `${below}${isLast ? '   ' : '│  '}`);
    }
  };
  walk(root, '', '');
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => Array.from(row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < widths.length
          ? cell + ' '.repeat(widths[column]! + COLUMN_GAP - Array.from(cell).length)
          : cell,
      )
      .join('')
      .trimEnd(),
  );
}

/** The conditions of a rollout, and its latest events. */
export function conditionAndEventLines({ status }: Rollout, { events }: RolloutParts): string[] {
  const conditions = (status?.conditions ?? []).map(
    ({ type, reason = '', message = '', ...it }) => [
      type,
      it.status,
      reason,
      ageOf(it.lastUpdateTime),
      message,
    ],
  );
  const shown = events.slice(-MAX_EVENTS);
  const rows = shown.map((event) => [
    event.type ?? '',
    event.reason ?? '',
    ageOf(timeOf(event)) + ((event.count ?? 1) > 1 ? ` (x${event.count})` : ''),
    event.message?.trim() ?? '',
  ]);
  const more = events.length > shown.length ? ` (the latest ${shown.length})` : '';
  return [
    'Conditions:',
    ...table(['TYPE', 'STATUS', 'REASON', 'AGE', 'MESSAGE'], conditions),
    '',
    `Events:${more}`,
    ...table(['TYPE', 'REASON', 'AGE', 'MESSAGE'], rows),
  ];
}

function table(header: string[], rows: string[][]): string[] {
  return rows.length === 0 ? ['<none>'] : alignLines([header, ...rows]);
}

function ageOf(time: string | undefined): string {
  return time ? ageSince(time) : '';
}
