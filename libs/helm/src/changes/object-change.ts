import {
  ifFound,
  readObject,
  shownLines,
  type Change,
  type Cluster,
  type KubernetesObject,
  type ShownChange,
} from '#cluster';
import { projection, withoutUnset } from './projection.js';
import type { RehearsedWrite, RehearsedWrites } from './rehearsed-writes.js';
import { keyOf, labelOf, type RenderedObject } from './rendered-objects.js';

/** Keeps an object when its release is uninstalled, or no longer has it. */
const RESOURCE_POLICY = 'helm.sh/resource-policy';
const RELEASE_NAME = 'meta.helm.sh/release-name';

/** An object of a release before and after a change. */
export interface ObjectChange {
  /** As in the revision before, if it is there. */
  before: RenderedObject | undefined;
  after: RenderedObject | undefined;
}

/** What a rehearsal of the change has shown. */
export interface RehearsedChange {
  cluster: Cluster;
  writes: RehearsedWrites;
  /** Whether the release would be uninstalled. */
  isRemoval: boolean;
  /** Whether helm would end with an error. */
  hasFailed: boolean;
}

/** What would happen to one object. */
export interface Outcome {
  label: string;
  /** Its path on the API server; "" for a kind that the server does not serve. */
  path: string;
  state: 'told' | 'unchanged' | 'unreached';
  /** One line on it; set in the state `told`. */
  line?: string;
  /** What changes in it, if it is there before and after. */
  shown?: ShownChange;
}

/** The objects of two revisions, those of the later one first. */
export function pairsOf(
  before: readonly RenderedObject[],
  after: readonly RenderedObject[],
): ObjectChange[] {
  const old = new Map(before.map((object) => [keyOf(object), object]));
  const kept = new Set(after.map(keyOf));
  return [
    ...after.map((object) => ({ before: old.get(keyOf(object)), after: object })),
    ...before
      .filter((object) => !kept.has(keyOf(object)))
      .map((object) => ({ before: object, after: undefined })),
  ];
}

/** What would happen to an object. Throws as `Cluster.request`. */
export async function changeOutcome(
  change: RehearsedChange,
  objects: ObjectChange,
  signal: AbortSignal,
): Promise<Outcome> {
  const { apiVersion, kind, namespace, name } = (objects.after ?? objects.before)!;
  const label = labelOf((objects.after ?? objects.before)!);
  const resource = await ifFound(change.cluster.discovery.resolveKind(apiVersion, kind, signal));
  const { kinds } = change.writes;
  const served = resource ?? kinds.find(apiVersion, kind);
  const path = decodeURIComponent(served?.path(namespace, name) ?? '');
  const live =
    resource && (await ifFound(readObject(change.cluster, { resource, namespace, name }, signal)));
  const found = { write: change.writes.of(path), live, wasRead: change.writes.hasRead(path) };
  return { label, path, ...outcomeOf(label, change, objects, found) };
}

interface Found {
  write: RehearsedWrite | undefined;
  live: KubernetesObject | undefined;
  wasRead: boolean;
}

type State = Pick<Outcome, 'state' | 'line' | 'shown'>;

function outcomeOf(
  label: string,
  change: RehearsedChange,
  { before, after }: ObjectChange,
  { write, live, wasRead }: Found,
): State {
  const told = (text: string): State => ({ state: 'told', line: `${label}: ${text}` });
  if (write?.refusal !== undefined) return told('refused');
  if (!after) {
    if (!live) return told('is already gone');
    if (write) return told('deleted');
    if (change.hasFailed) return { state: 'unreached' };
    return told(`kept, ${whyKept(live, change.isRemoval ? before!.object : undefined)}`);
  }
  if (!live) {
    if (!write?.result && !write?.untried) return { state: 'unreached' };
    return told(`created${untried(write)}`);
  }
  if (!write) return { state: change.hasFailed && !wasRead ? 'unreached' : 'unchanged' };
  const shown = write.untried
    ? shownChange(label, manifestChange(live, before?.object, after.object))
    : shownChange(label, { before: live, after: write.result });
  if (shown.lines.length === 0) return { state: 'unchanged' };
  return { ...told(`changed${untried(write)}`), shown };
}

/** What would happen to an object that is not in the manifest, such as the namespace. */
export async function otherOutcome(
  cluster: Cluster,
  path: string,
  { method, result }: RehearsedWrite,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  if (method === 'DELETE' || !result?.kind) return undefined;
  const label = `${result.kind.toLowerCase()}/${result.metadata?.name}`;
  const live = await ifFound(cluster.request<KubernetesObject>(path, { signal }));
  const one = { label, path, state: 'told' as const };
  if (!live) return { ...one, line: `${label}: created` };
  const shown = shownChange(label, { before: live, after: result });
  return shown.lines.length === 0 ? undefined : { ...one, line: `${label}: changed`, shown };
}

function shownChange(name: string, change: Change): ShownChange {
  return { name, change, lines: shownLines(change, true) };
}

function untried({ untried: why }: RehearsedWrite): string {
  return why === undefined ? '' : ` (as the manifest has it; not tried, as ${why})`;
}

/**
 * @param manifest where helm looks for the policy when it uninstalls; otherwise it looks at the
 * live object
 */
function whyKept(live: KubernetesObject, manifest: KubernetesObject | undefined): string {
  const policy = (manifest ?? live).metadata?.annotations?.[RESOURCE_POLICY];
  if (policy !== undefined) return `as its ${RESOURCE_POLICY} says`;
  const owner = live.metadata?.annotations?.[RELEASE_NAME];
  return owner === undefined
    ? 'as it does not say that it belongs to this release'
    : `as it says that it belongs to release "${owner}"`;
}

/**
 * A change without the API server's help: the part of the live object that the manifests name, and
 * the manifest.
 */
function manifestChange(
  live: KubernetesObject,
  before: KubernetesObject | undefined,
  after: KubernetesObject,
): Change {
  const shapes = before ? [after, before] : [after];
  return {
    before: projection(live, shapes.map(withData)) as KubernetesObject,
    after: withoutUnset(withData(after), live) as KubernetesObject,
  };
}

/** A Secret with all of its values in `data`, where the API server keeps them. */
function withData(object: KubernetesObject): KubernetesObject {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || typeof stringData !== 'object' || !stringData) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...(rest['data'] as object), ...Object.fromEntries(encoded) } };
}
