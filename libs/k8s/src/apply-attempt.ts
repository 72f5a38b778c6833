import { apiStatusOf, patchObject, type Cluster, type KubernetesObject } from '#cluster';
import { isRecord, ToolError } from '#tools';
import { conflictsOf, refuseConflicts } from './apply-conflicts.js';
import type { ApplyItem } from './apply-plan.js';

export interface ApplyOptions {
  /** Takes fields over from other managers. */
  force: boolean;
  /** Removes what an earlier apply of ours had set and the manifest leaves out. */
  prune: boolean;
  signal: AbortSignal;
}

/** What the API server says to an apply of one object. */
export type Attempt = Sent & (Accepted | Refused);

interface Sent {
  /** The manifest, without nulls that the schema does not know. */
  manifest: KubernetesObject;
  /** Whether fields of other managers are taken over: our own, or, where the caller wants it, anybody's. */
  force: boolean;
}

interface Accepted {
  /** The object as it would be. */
  after: KubernetesObject;
  refused?: undefined;
}

interface Refused {
  after?: undefined;
  /** Why the manifest and the object together are not valid. */
  refused: ToolError;
}

const UNDECLARED = /^\s*(\..*): field not declared in schema$/gm;
/** A list item in a path of the API server's: `[name="web"]`, `[0]`. */
const ITEM = /\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]/g;
const ANY_ITEM = '[]';

/**
 * Lets the API server work out what applying an object would do; nothing is changed.
 * @throws ToolError as `patchObject`; `conflict` with the managers and fields that are not ours
 */
export async function tryApply(
  cluster: Cluster,
  item: ApplyItem,
  options: ApplyOptions,
): Promise<Attempt> {
  try {
    return await attempt(cluster, item, item.object, options);
  } catch (error) {
    // kubectl drops a null of a field that the schema does not have, too: generators write `creationTimestamp: null` into templates.
    const nulls = undeclaredFields(error);
    const manifest = withoutNulls(item.object, nulls) as KubernetesObject;
    if (nulls.size === 0 || manifest === item.object) throw error;
    return attempt(cluster, item, manifest, options);
  }
}

async function attempt(
  cluster: Cluster,
  item: ApplyItem,
  manifest: KubernetesObject,
  { force, signal }: ApplyOptions,
): Promise<Attempt> {
  const send = async (forced: boolean): Promise<Attempt> => {
    const options = { dryRun: true, force: forced, signal };
    try {
      const after = await patchObject(cluster, item, 'apply', manifest, options);
      return { manifest, force: forced, after };
    } catch (error) {
      const isInvalid = error instanceof ToolError && apiStatusOf(error)?.reason === 'Invalid';
      if (!isInvalid) throw error;
      return { manifest, force: forced, refused: error };
    }
  };
  try {
    return await send(force);
  } catch (error) {
    const conflicts = conflictsOf(error);
    if (conflicts.length === 0) throw error;
    refuseConflicts(conflicts);
    return send(true);
  }
}

/** The fields that the API server refuses as unknown, list items by `[]`. */
function undeclaredFields(error: unknown): ReadonlySet<string> {
  const message = apiStatusOf(error)?.message ?? '';
  const first = message.replace(/^failed to create typed patch object \(.*?\): /s, '');
  return new Set(
    Array.from(first.matchAll(UNDECLARED), ([, path = '']) => path.replace(ITEM, ANY_ITEM)),
  );
}

/** A value without those of the fields that are null; the value itself where none is. */
function withoutNulls(value: unknown, fields: ReadonlySet<string>, path = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, fields, `${path}${ANY_ITEM}`));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.flatMap(([name, field]) => {
    const here = `${path}.${name}`;
    if (field === null && fields.has(here)) return [];
    return [[name, withoutNulls(field, fields, here)] as const];
  });
  const isSame = kept.length === entries.length && kept.every(([name, it]) => it === value[name]);
  return isSame ? value : Object.fromEntries(kept);
}
