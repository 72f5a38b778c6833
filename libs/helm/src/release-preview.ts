import { Injectable } from '@nestjs/common';
import { diffObjects, inOrder, type Cluster, type KubernetesObject } from '#cluster';
import { projection, withoutUnset } from './projection.js';
import {
  keyOf,
  labelOf,
  liveObject,
  renderedObjects,
  type RenderedObject,
} from './rendered-objects.js';
import type { Hook, Release } from './release.js';

const READS_AT_ONCE = 16;

/** Keeps an object when its release is uninstalled, or no longer has it. */
const RESOURCE_POLICY = 'helm.sh/resource-policy';

/** A release before and after a change; undefined where it was, or would be, not there. */
export interface ReleaseChange {
  before: Release | undefined;
  after: Release | undefined;
  /** Of the release. */
  namespace: string;
  /** Moments whose hooks run, such as `pre-install`. */
  events: readonly string[];
}

interface ObjectChange {
  /** That of the revision before, where it had the object. */
  before: RenderedObject | undefined;
  after: RenderedObject | undefined;
}

/** Works out what a change of a release would do to the objects in the cluster. */
@Injectable()
export class ReleasePreview {
  /**
   * For each object that would change a diff of the live object against the rendered one, in the fields that the manifests speak of; the
   * others in one line. Values of Secrets are shown as their size.
   * @param summary what would be done
   */
  async text(
    cluster: Cluster,
    summary: string,
    { before, after, namespace, events }: ReleaseChange,
    signal: AbortSignal,
  ): Promise<string> {
    const objectsOf = (release: Release | undefined) =>
      release ? renderedObjects(release.manifest, namespace, signal) : [];
    const changes = pairsOf(await objectsOf(before), await objectsOf(after));
    const sections: string[] = [];
    const unchanged: string[] = [];
    const tell = (change: ObjectChange, stop: AbortSignal) => changeText(cluster, change, stop);
    for await (const { label, text } of inOrder(changes, READS_AT_ONCE, signal, tell)) {
      if (text === undefined) unchanged.push(label);
      else sections.push(text);
    }
    const rest = unchanged.length > 0 ? [`Unchanged: ${unchanged.join(', ')}`] : [];
    const hooks = hookLines((after ?? before)?.hooks ?? [], events);
    return [`${summary} (dry run: nothing was changed)`, ...sections, ...rest, ...hooks].join(
      '\n\n',
    );
  }
}

function pairsOf(
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

/** @returns no text where nothing would change */
async function changeText(
  cluster: Cluster,
  { before, after }: ObjectChange,
  signal: AbortSignal,
): Promise<{ label: string; text?: string }> {
  const object = (after ?? before)!;
  const label = labelOf(object);
  if (!after && object.object.metadata?.annotations?.[RESOURCE_POLICY]?.trim() === 'keep') {
    return { label, text: `${label}: kept, as its ${RESOURCE_POLICY} says` };
  }
  const live = await liveObject(cluster, object, signal);
  if (!live && !after) return { label, text: `${label}: is already gone` };
  const shapes = [after, before].flatMap((one) => (one ? [withData(one.object)] : []));
  const now = live && (projection(live, shapes) as KubernetesObject);
  const then = after && (withoutUnset(withData(after.object), live) as KubernetesObject);
  const diff = diffObjects(now, then);
  if (diff === '') return { label };
  const verb = !live ? 'created' : after ? 'changed' : 'deleted';
  return { label, text: `${label}: ${verb}\n${diff}` };
}

/** A Secret with all of its values where the API server has them. */
function withData(object: KubernetesObject): KubernetesObject {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || typeof stringData !== 'object' || !stringData) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...(rest['data'] as object), ...Object.fromEntries(encoded) } };
}

function hookLines(hooks: readonly Hook[], events: readonly string[]): string[] {
  const lines = hooks
    .map((hook) => ({ hook, when: (hook.events ?? []).filter((event) => events.includes(event)) }))
    .filter(({ when }) => when.length > 0)
    .map(({ hook, when }) => `  ${hook.kind?.toLowerCase()}/${hook.name} (${when.join(', ')})`);
  return lines.length > 0 ? [['Hooks that would run:', ...lines].join('\n')] : [];
}
