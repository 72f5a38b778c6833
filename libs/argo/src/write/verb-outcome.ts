import { objectVersions, Outage, type Cluster, type ObjectRef } from '#cluster';
import { ToolError } from '#tools';
import { canaryPosition } from '../model/canary.js';
import { isObserved, rolloutPhase } from '../model/rollout-phase.js';
import type { Rollout } from '../model/rollout.js';
import { isTakenUp } from '../model/template-owner.js';

/** A controller that runs acts within a few hundred milliseconds. */
const LIMIT_MS = 2_000;

/** What the controller did with a verb: done, or why not. Undefined until it has acted. */
export type Verdict = { isDone: true } | { isDone: false; why: string } | undefined;

/** What was asked of a rollout, and how to see the outcome. */
export interface Asked {
  /**
   * The verb as a noun: "an abort". Left out where the summary is true whatever the controller
   * does.
   */
  name?: string;
  /** What has happened once it is done, as the end of a sentence. */
  summary: string;
  /** @param sent the rollout as it was right after the write */
  verdict: (now: Rollout, sent: Rollout) => Verdict | Promise<Verdict>;
}

export const DONE: Verdict = { isDone: true };

/** The verdict that a verb was not carried out. */
export function notDone(why: string): Verdict {
  return { isDone: false, why };
}

/** Whether the controller has changed the status since a write. */
export function hasActed(now: Rollout, sent: Rollout): boolean {
  return JSON.stringify(now.status) !== JSON.stringify(sent.status);
}

/**
 * The outcome of a verb, as the end of a sentence about the rollout. Waits at most two seconds for
 * the controller. The verb was sent, so an outcome that cannot be seen is not a failure.
 * @throws the reason of the signal
 */
export async function outcomeOf(
  cluster: Cluster,
  ref: ObjectRef,
  asked: Asked,
  sent: Rollout,
  signal: AbortSignal,
): Promise<string> {
  const words = asked.name === undefined ? asked.summary : `was asked for ${asked.name}`;
  try {
    return await seenOutcome(cluster, ref, asked, words, sent, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    return `${words}; the outcome could not be seen: ${error.message} Look at it with argo_describe`;
  }
}

/** As `outcomeOf`. @throws ToolError as `objectVersions` */
async function seenOutcome(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  { summary, verdict }: Asked,
  asked: string,
  sent: Rollout,
  signal: AbortSignal,
): Promise<string> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const outage = new Outage(ended, () => {});
  const signals = { cancelled: signal, ended, outage, isBegun: true };
  let last: Rollout | undefined;
  let invalid: string | undefined;
  for await (const now of objectVersions<Rollout>(
    cluster,
    resource.path(namespace),
    name,
    signals,
  )) {
    last = now;
    invalid = invalidity(now);
    if (!isSeen(now)) continue;
    if (invalid !== undefined) break;
    const seen = await outage.survive(async () => verdict(now, sent));
    if (seen?.isDone) return `${summary}. Now ${standing(now)}`;
    if (seen) return `${asked}, but ${seen.why}. Now ${standing(now)}`;
  }
  signal.throwIfAborted();
  if (outage.remark !== '') {
    return `${asked}; the outcome cannot be seen now.${outage.remark} Look at it with argo_describe`;
  }
  const why =
    invalid === undefined
      ? `has not acted on it within ${LIMIT_MS / 1_000} s`
      : `does not act on it, as its spec is not valid: ${invalid}`;
  return `${asked}; its controller ${why}${last && invalid === undefined ? `. Now ${standing(last)}` : ''}. Look at it with argo_describe`;
}

/**
 * The outcome of a changed pod template, of the rollout or of the workload that it refers to.
 * Throws as `outcomeOf`.
 */
export function changeOutcome(
  cluster: Cluster,
  ref: ObjectRef,
  before: Rollout,
  summary: string,
  signal: AbortSignal,
): Promise<string> {
  const verdict = async (now: Rollout): Promise<Verdict> =>
    (await isTakenUp(cluster, now, signal)) ? DONE : undefined;
  return outcomeOf(cluster, ref, { summary, verdict }, before, signal);
}

/**
 * Whether the controller has observed the current spec. Its status says which generation it has
 * seen.
 */
function isSeen(rollout: Rollout): boolean {
  return rollout.status?.observedGeneration !== undefined && isObserved(rollout);
}

/** What is wrong with the spec: its controller leaves such a rollout as it is. */
function invalidity({ status = {} }: Rollout): string | undefined {
  const condition = status.conditions?.find(({ type }) => type === 'InvalidSpec');
  return condition?.status === 'True' ? (condition.message ?? '').trim() : undefined;
}

/** `Paused (CanaryPauseStep) at step 2 of 5`. */
function standing(rollout: Rollout): string {
  const { phase, message } = rolloutPhase(rollout);
  const why = message === '' ? '' : ` (${message})`;
  const position = canaryPosition(rollout);
  const step = position?.step ? ` at step ${position.index + 1} of ${position.steps.length}` : '';
  return `${phase}${why}${step}`;
}
