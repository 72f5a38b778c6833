import {
  apiStatusOf,
  patchObject,
  type Cluster,
  type KubernetesObject,
  type ObjectSchema,
} from '#cluster';
import { ToolError } from '#tools';
import { conflictsOf, refuseConflicts } from './ownership/field-conflicts.js';
import { withoutRefusedNulls } from './apply-nulls.js';
import type { ApplyItem } from './apply-plan.js';
import { typeFaults, withTypeFaults } from './type-faults.js';

export interface ApplyOptions {
  /** Takes fields over from other managers. */
  force: boolean;
  /** Removes fields that an earlier apply of ours has set and the manifest leaves out. */
  prune: boolean;
  signal: AbortSignal;
}

/** The API server's answer to an apply of one object. */
export type Attempt = Sent & (Accepted | Refused);

interface Sent {
  /** The manifest, without the nulls that the schema does not allow. */
  manifest: KubernetesObject;
  /**
   * Whether to take over fields of other managers: our own managers or, if the caller wants it, any
   * manager.
   */
  force: boolean;
}

interface Accepted {
  /** The resulting object. */
  after: KubernetesObject;
  refused?: undefined;
}

interface Refused {
  after?: undefined;
  /** Why the object merged with the manifest is invalid. */
  refused: ToolError;
}

/** Each attempt finds at least one more unknown field. */
const MAX_ATTEMPTS = 20;

/**
 * Has the API server work out what applying an object would do. Changes nothing.
 * @throws ToolError as `patchObject`; `conflict` with the managers and fields that are not ours
 */
export async function tryApply(
  cluster: Cluster,
  item: ApplyItem,
  options: ApplyOptions,
): Promise<Attempt> {
  let manifest = item.object;
  for (let count = 1; ; count++) {
    const tried = await namedAttempt(cluster, item, manifest, options);
    const failure = tried instanceof ToolError ? tried : tried.refused;
    const kept = failure ? withoutRefusedNulls(manifest, failure) : manifest;
    if (kept !== manifest && count < MAX_ATTEMPTS) manifest = kept;
    else if (tried instanceof ToolError) throw tried;
    else return tried;
  }
}

/**
 * As `attempt`, but returns the failure, with the names of fields that the API server leaves out.
 */
async function namedAttempt(
  cluster: Cluster,
  item: ApplyItem,
  manifest: KubernetesObject,
  options: ApplyOptions,
): Promise<Attempt | ToolError> {
  const faultsOf = (schema: ObjectSchema) => typeFaults(schema, manifest);
  const named = (error: ToolError) =>
    withTypeFaults(error, cluster, item.resource, faultsOf, options.signal);
  try {
    const tried = await attempt(cluster, item, manifest, options);
    return tried.refused ? { ...tried, refused: await named(tried.refused) } : tried;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return named(error);
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
