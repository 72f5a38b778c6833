import { inOrder } from '#base';
import { noteAnswer, readDocuments, withHunks, type Cluster, type Upstream } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { changeOutcome, otherOutcome, pairsOf, type Outcome } from './object-change.js';
import { changeFailure } from './change-failure.js';
import { ChartKinds } from './chart-kinds.js';
import { Rehearsal } from './rehearsal.js';
import type { RehearsedWrites } from './rehearsed-writes.js';
import { renderedObjects } from './rendered-objects.js';
import { decodeRelease } from '../releases/release-decode.js';
import type { Hook, Release } from '../releases/release.js';

const DEFINITION = 'customresourcedefinition.apiextensions.k8s.io';
const READ_CONCURRENCY = 16;

/** The path of the object that holds a revision: its resource type and its name. */
const RECORD = /\/(secrets|configmaps)\/sh\.helm\.release\.v1\.(.+)\.v\d+$/;

/** How helm says that the API server does not serve a kind. */
const UNKNOWN_KIND = /no matches for kind/;

/** Failures that say nothing about the change itself. */
const UNRELATED = ['cancelled', 'timeout', 'unavailable', 'busy'];

/** How to see changes that do not fit into the answer. */
const WAY_ON = 'k8s_get with output yaml shows an object as it is, helm_template as it would be.';

/** A change of a release, before it is made. */
export interface PlannedChange {
  /** Of the release. */
  name: string;
  namespace: string;
  /** The release as it is; undefined if it does not exist. */
  before: Release | undefined;
  /** Events whose hooks run, such as `pre-install`. */
  events: readonly string[];
  /** What would be done. */
  summary: string;
  /** Whether the change removes the release. */
  isRemoval?: boolean;
  /** The custom resource definitions that helm installs first, as YAML. */
  definitions?: () => Promise<string>;
}

/**
 * Finds out what a change of a release would do to the objects in the cluster, by having helm
 * rehearse it. The text has one line for each object that would change, and one for all others,
 * then the hunks of what would change. Values of Secrets are shown as their size. A failure that
 * would stop the change halfway comes first.
 * @param run starts helm for the change, without hooks, through the given way to the cluster
 * @throws ToolError for what stops the change before anything is done
 */
export async function previewText(
  cluster: Cluster,
  change: PlannedChange,
  run: (through: Upstream) => Promise<unknown>,
  call: ToolCall,
): Promise<string> {
  try {
    return await rehearsedText(cluster, change, run, call);
  } catch (error) {
    const isUnknownKind = error instanceof ToolError && UNKNOWN_KIND.test(error.message);
    const definitions = isUnknownKind ? await change.definitions?.() : undefined;
    if (definitions === undefined) throw error;
    const objects = await readDocuments('crds', definitions, call.signal);
    const kinds = new ChartKinds(objects.map(({ value }) => value));
    if (kinds.names.length === 0) throw error;
    return await rehearsedText(cluster, change, run, call, kinds);
  }
}

async function rehearsedText(
  cluster: Cluster,
  change: PlannedChange,
  run: (through: Upstream) => Promise<unknown>,
  call: ToolCall,
  kinds?: ChartKinds,
): Promise<string> {
  const { signal } = call;
  const rehearsal = new Rehearsal(cluster, signal, kinds);
  const failure = await failureOf(run((request) => rehearsal.answer(request)));
  signal.throwIfAborted();
  const after = await recordedRelease(rehearsal.writes, change.name, signal);
  const isBegun = change.isRemoval ? rehearsal.writes.entries().length > 0 : after;
  if (failure && (!isBegun || UNRELATED.includes(failure.code))) throw failure;
  return await outcomeText(cluster, change, after, rehearsal.writes, failure, call);
}

async function outcomeText(
  cluster: Cluster,
  { before, namespace, events, summary, isRemoval = false }: PlannedChange,
  after: Release | undefined,
  writes: RehearsedWrites,
  failure: ToolError | undefined,
  call: ToolCall,
): Promise<string> {
  const { signal } = call;
  const objectsOf = (release: Release | undefined) =>
    release ? renderedObjects(release.manifest, namespace, signal) : [];
  const changes = pairsOf(await objectsOf(before), await objectsOf(after));
  for (const { before: old, after: now } of changes) {
    if (old) await noteAnswer('', old.object, true);
    if (now) await noteAnswer('', now.object, false);
  }
  const outcomes: Outcome[] = [];
  const context = { cluster, writes, isRemoval, hasFailed: failure !== undefined };
  const tell = (one: (typeof changes)[number], stop: AbortSignal) =>
    changeOutcome(context, one, stop);
  for await (const outcome of inOrder(changes, READ_CONCURRENCY, signal, tell)) {
    outcomes.push(outcome);
  }
  const told = new Set(outcomes.map(({ path }) => path));
  const others = writes.entries().filter(([path]) => !told.has(path) && !RECORD.test(path));
  const more: Outcome[] = [];
  for (const [path, write] of others) {
    const outcome = await otherOutcome(cluster, path, write, signal);
    if (outcome) more.push(outcome);
  }
  const all = [...more, ...outcomes];
  const lines = [
    ...writes.kinds.names.map((name) => `${DEFINITION}/${name}: created`),
    ...all.flatMap(({ line }) => line ?? []),
  ];
  const first = [
    headline(summary, failure),
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    ...listed('Unchanged', outcomes, 'unchanged'),
    ...listed('Not reached', outcomes, 'unreached'),
    ...hookLines((after ?? before)?.hooks ?? [], events),
  ].join('\n\n');
  const hunks = all.flatMap(({ shown }) => shown ?? []);
  return withHunks(first, hunks, call, WAY_ON);
}

async function failureOf(running: Promise<unknown>): Promise<ToolError | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
}

/** The revision that helm has stored in a rehearsal before it changes anything. */
async function recordedRelease(
  writes: RehearsedWrites,
  release: string,
  signal: AbortSignal,
): Promise<Release | undefined> {
  for (const [path, { sent, result }] of writes.entries()) {
    const [, kind, name] = RECORD.exec(path) ?? [];
    const data = sent?.['data'] as { release?: string } | undefined;
    // Helm also stores the previous revision, as superseded.
    if (name !== release || !result || !writes.isNew(path)) continue;
    const text = data?.release ?? '';
    const decoded = kind === 'secrets' ? Buffer.from(text, 'base64').toString() : text;
    return decodeRelease(`Release "${release}"`, decoded, signal);
  }
  return undefined;
}

function headline(summary: string, failure: ToolError | undefined): string {
  const dryRun = '(dry run: nothing was changed)';
  if (!failure) return `${summary} ${dryRun}`;
  return `${summary}, but that would fail ${dryRun}:\n${changeFailure(failure.message)}`;
}

function listed(title: string, outcomes: readonly Outcome[], state: Outcome['state']): string[] {
  const labels = outcomes.filter((one) => one.state === state).map(({ label }) => label);
  return labels.length > 0 ? [`${title}: ${labels.join(', ')}`] : [];
}

function hookLines(hooks: readonly Hook[], events: readonly string[]): string[] {
  const lines = hooks
    .map((hook) => ({ hook, when: (hook.events ?? []).filter((event) => events.includes(event)) }))
    .filter(({ when }) => when.length > 0)
    .map(({ hook, when }) => `  ${hook.kind?.toLowerCase()}/${hook.name} (${when.join(', ')})`);
  return lines.length > 0 ? [['Hooks that would run:', ...lines].join('\n')] : [];
}
