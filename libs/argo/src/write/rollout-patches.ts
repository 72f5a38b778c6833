import { setTimeout as delay } from 'node:timers/promises';
import {
  changeObject,
  patchObject,
  retryOnConflict,
  type Cluster,
  type DecidedChange,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { readRollout } from '../model/rollout-read.js';
import type { Rollout } from '../model/rollout.js';
import { isTakenUp } from '../model/template-owner.js';

/** What a verb sends: merge patches (RFC 7386) of the rollout's spec and of its status. */
export interface RolloutPatches {
  spec?: object;
  status?: object;
}

interface WriteContext {
  dryRun: boolean;
  signal: AbortSignal;
}

/** How long to wait until the controller has observed a change made just before. */
const TAKE_UP_LIMIT_MS = 3_000;
const TAKE_UP_POLL_MS = 50;

/**
 * Decides by the current state of a rollout what to send, and sends it for that state only. If
 * somebody else changes the rollout in between, it decides again.
 * @param decide throws to refuse, and returns no patches if there is nothing to do; called again
 * for a newer state
 * @param summary what was done, to follow the rollout's name
 * @returns the summary and the diff
 * @throws ToolError `conflict` when the rollout keeps changing; as `retryOnConflict` and
 * `patchObject`
 */
export async function changeRollout<T extends RolloutPatches>(
  cluster: Cluster,
  ref: ObjectRef,
  call: ToolCall,
  decide: (rollout: Rollout) => T,
  summary: (decision: T, after: Rollout) => Promise<string>,
): Promise<string> {
  const change = (before: Rollout): DecidedChange => {
    const decision = decide(before);
    return {
      write: (options) => send(cluster, ref, before, decision, options),
      summary: async (after) =>
        `${ref.resource.label(ref.name)} ${await summary(decision, after as Rollout)}`,
      statusFields: Object.keys(decision.status ?? {}),
    };
  };
  const read = () => decidable(cluster, ref, decide, call.signal);
  return retryOnConflict(() => changeObject(cluster, ref, call, change, read), call.signal);
}

/**
 * The current state of a rollout, to decide on. A refusal is final once the controller has observed
 * that state, or has not in time.
 */
async function decidable(
  cluster: Cluster,
  ref: ObjectRef,
  decide: (rollout: Rollout) => unknown,
  signal: AbortSignal,
): Promise<Rollout> {
  const rollout = await readRollout(cluster, ref, signal);
  try {
    decide(rollout);
    return rollout;
  } catch {
    // A change made just before may not have reached the status that the refusal rests on.
    return (await takenUp(cluster, ref, rollout, signal)) ?? rollout;
  }
}

/**
 * The rollout once its controller has observed the current spec; undefined if it already had, or
 * does not in time.
 */
async function takenUp(
  cluster: Cluster,
  ref: ObjectRef,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<Rollout | undefined> {
  const endsAt = performance.now() + TAKE_UP_LIMIT_MS;
  if (await isTakenUp(cluster, rollout, signal)) return undefined;
  while (performance.now() < endsAt) {
    await delay(TAKE_UP_POLL_MS, undefined, { signal });
    const now = await readRollout(cluster, ref, signal);
    if (await isTakenUp(cluster, now, signal)) return now;
  }
  return undefined;
}

async function send(
  cluster: Cluster,
  ref: ObjectRef,
  before: Rollout,
  { spec, status }: RolloutPatches,
  context: WriteContext,
): Promise<KubernetesObject> {
  if (!spec && !status) return before;
  const metadata = { resourceVersion: before.metadata.resourceVersion };
  // Before Argo Rollouts 0.10 the status was a plain field.
  if (!status || !ref.resource.subresources.includes('status')) {
    const patch = { metadata, ...(spec && { spec }), ...(status && { status }) };
    return patchObject(cluster, ref, 'merge', patch, context);
  }
  const options = { ...context, subresource: 'status' };
  if (!spec) return patchObject(cluster, ref, 'merge', { metadata, status }, options);
  // The spec first: a rollout that is still paused by hand would put its pause conditions back.
  const after = await patchObject(cluster, ref, 'merge', { metadata, spec }, context);
  try {
    const asked = await patchObject(cluster, ref, 'merge', { status }, options);
    return { ...after, status: asked.status };
  } catch (error) {
    throw halfDone(ref, spec, status, error);
  }
}

function halfDone(ref: ObjectRef, spec: object, status: object, error: unknown): unknown {
  if (!(error instanceof ToolError)) return error;
  const message = `${ref.resource.label(ref.name)}: its spec was changed (${JSON.stringify(spec)}), its status was not (${JSON.stringify(status)}): ${error.message} Look at it with argo_status, then call again.`;
  return error.with({ code: error.code === 'conflict' ? 'failed' : error.code, message });
}
