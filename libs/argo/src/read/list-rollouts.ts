import { setImmediate } from 'node:timers/promises';
import { inTurns } from '#base';
import { ageSince, alignSteps, fetchPages, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { canaryPosition, setWeight } from '../model/canary.js';
import { cutNote, NOTE_CHARS } from './cut-note.js';
import type { ListRolloutsDto } from './list-rollouts.dto.js';
import { ROLLOUTS } from '../model/resource-types.js';
import { endlessPause } from '../model/rollout-progress.js';
import { rolloutPhase } from '../model/rollout-phase.js';
import { isFullyPromoted, type Rollout } from '../model/rollout.js';
import { stableImages, type StableImages } from '../model/stable-images.js';

const PAGE_ROLLOUTS = 200;
const HEADER = [
  'NAME',
  'STRATEGY',
  'STATUS',
  'STEP',
  'SET-WEIGHT',
  'DESIRED',
  'CURRENT',
  'UP-TO-DATE',
  'AVAILABLE',
  'AGE',
  'IMAGES',
  'STABLE-IMAGES',
  'REASON',
];

/** Characters of a reason: an error may be long. */
const MAX_REASON_CHARS = 120;

interface RolloutList {
  metadata?: { continue?: string; remainingItemCount?: number };
  items: Rollout[];
}

/** One rollout of a list. */
interface Row {
  namespace: string;
  name: string;
  strategy: string;
  status: string;
  message: string;
  /** "1/4", or "-" for a rollout without steps. */
  step: string;
  set_weight: number | undefined;
  desired: number;
  current: number;
  up_to_date: number;
  available: number | bigint;
  age: string;
  /** Those that are wanted. */
  images: string[];
  /** Those of the stable version; undefined where it has no pods or is gone. */
  stable_images: string[] | undefined;
  /** Why a paused rollout does not go on by itself, and which tool lets it. */
  waits_for: string | undefined;
}

/** A table with a row for each rollout, and the same as data. */
export async function listRollouts(
  cluster: Cluster,
  { namespace, all_namespaces }: ListRolloutsDto,
  { signal, maxOutputChars }: ToolCall,
): Promise<ToolResult> {
  const resource = await cluster.discovery.resolve(ROLLOUTS, signal);
  const query = { resource, namespace: all_namespaces ? undefined : namespace };
  const options = { limit: PAGE_ROLLOUTS, most: PAGE_ROLLOUTS, signal };
  const pages = fetchPages<RolloutList>(cluster, query, options);
  const rows: Row[] = [];
  let size = 0;
  let unfetched: number | undefined = 0;
  for await (const { list, replaces, remaining } of pages) {
    if (replaces > 0) rows.splice(-replaces);
    const stable = await stableImages(cluster, list.items, query.namespace, signal);
    const added = list.items.map((rollout) => rowOf(rollout, stable));
    rows.push(...added);
    size += added.reduce((sum, row) => sum + cellsOf(row, true).join('   ').length, 0);
    if (size > maxOutputChars && remaining !== 0) {
      unfetched = remaining;
      break;
    }
    await setImmediate();
  }
  if (rows.length === 0) {
    return {
      output: all_namespaces
        ? 'No rollouts found.'
        : `No rollouts found in ${namespace} namespace.`,
      data: { items: [] },
    };
  }
  const header = all_namespaces ? ['NAMESPACE', ...HEADER] : HEADER;
  const cells = rows.map((row) => cellsOf(row, all_namespaces));
  const lines = await inTurns(alignSteps([header, ...cells]));
  const shown = fitting(lines, maxOutputChars - NOTE_CHARS);
  const cut = lines.length - shown.length;
  const left = unfetched === undefined ? undefined : unfetched + cut;
  const note = cutNote(resource, { shown: shown.length - 1, remaining: left });
  return {
    output: [...shown, ...(left === 0 ? [] : [note])].join('\n'),
    data: { items: rows.slice(0, shown.length - 1) },
  };
}

/** The first lines that have room; the header and one row always. */
function fitting(lines: readonly string[], maxChars: number): readonly string[] {
  let size = 0;
  const end = lines.findIndex((line, at) => (size += line.length + 1) > maxChars && at > 1);
  return end < 0 ? lines : lines.slice(0, end);
}

function rowOf(rollout: Rollout, stable: StableImages): Row {
  const { metadata, spec, status = {} } = rollout;
  const { phase, message } = rolloutPhase(rollout);
  const position = canaryPosition(rollout);
  const { canary, blueGreen } = spec.strategy ?? {};
  const images = spec.workloadRef
    ? [`(of ${spec.workloadRef.kind} ${spec.workloadRef.name})`]
    : (spec.template?.spec?.containers ?? []).map(({ image }) => image);
  const isStable = status.stableRS !== undefined && isFullyPromoted(rollout);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    strategy: canary ? 'Canary' : blueGreen ? 'BlueGreen' : '-',
    status: phase,
    message,
    step: position ? `${position.index}/${position.steps.length}` : '-',
    set_weight: position && setWeight(rollout),
    desired: spec.replicas ?? 1,
    current: status.replicas ?? 0,
    up_to_date: status.updatedReplicas ?? 0,
    available: status.availableReplicas ?? 0,
    age: ageSince(metadata.creationTimestamp),
    images,
    stable_images: isStable ? images : stable.get(metadata.uid),
    waits_for: phase === 'Paused' ? endlessPause(rollout)?.tool : undefined,
  };
}

function cellsOf(row: Row, withNamespace: boolean): string[] {
  const cells = [
    row.name,
    row.strategy,
    row.status,
    row.step,
    row.set_weight ?? '-',
    row.desired,
    row.current,
    row.up_to_date,
    row.available,
    row.age,
    row.images.join(','),
    stableText(row),
    reasonText(row),
  ].map(String);
  return withNamespace ? [row.namespace, ...cells] : cells;
}

function stableText({ images, stable_images: stable }: Row): string {
  if (!stable) return '-';
  const text = stable.join(',');
  return text === images.join(',') ? '(same)' : text;
}

/** Why a rollout is not healthy: `CanaryPauseStep, until argo_promote`. */
function reasonText({ message, waits_for: tool }: Row): string {
  const line = message.replace(/\s+/g, ' ').slice(0, MAX_REASON_CHARS) || '-';
  return tool === undefined ? line : `${line}, until ${tool}`;
}
