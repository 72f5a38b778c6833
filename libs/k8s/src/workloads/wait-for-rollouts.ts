import { mapConcurrently } from '#base';
import {
  changeThenWait,
  followWorkload,
  Outage,
  rolloutReport,
  WORKLOAD_KINDS,
  type Cluster,
  type ObjectRef,
  type WaitLimit,
  type WorkloadKind,
} from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';

/** Workloads that are watched at a time; each takes a connection. */
const CONCURRENCY = 32;

/** Argo has its own rules for where a rollout stands. */
const ARGO_ROLLOUTS = 'rollouts.argoproj.io';

/** A workload that rolls out, to wait for. */
interface Rollout {
  kind: WorkloadKind;
  ref: ObjectRef;
}

/**
 * Makes a change, then waits for the rollouts of what it is about if the call asks for that.
 * @param refs what it is about; what rolls out nothing is not waited for
 * @returns the answer of the change, then where each rollout stands, and why it is not finished
 * @throws ToolError as `changeThenWait`
 */
export function changeAndWait(
  cluster: Cluster,
  call: ToolCall,
  refs: readonly ObjectRef[],
  change: () => Promise<ToolResult | string>,
): Promise<ToolResult> {
  return changeThenWait(call, change, (limit) => waitForRollouts(cluster, refs, call, limit));
}

async function waitForRollouts(
  cluster: Cluster,
  refs: readonly ObjectRef[],
  call: ToolCall,
  limit: WaitLimit,
): Promise<string[]> {
  const rollouts = refs.flatMap((ref) => rolloutOf(ref) ?? []);
  const followedByArgo = refs.filter(({ resource }) => resource.groupResource === ARGO_ROLLOUTS);
  const others = followedByArgo.map(
    ({ resource, name }) => `${resource.label(name)} is not waited for. argo_status follows it.`,
  );
  if (rollouts.length + others.length === 0) {
    return [`Nothing to wait for: only ${WORKLOAD_KINDS.join(', ')} are waited for.`];
  }
  let told = 0;
  const lines = await mapConcurrently(rollouts, CONCURRENCY, (rollout) =>
    waitFor(cluster, rollout, call, limit, {
      isAlone: rollouts.length === 1,
      tell: (message) => call.progress({ progress: ++told, message }),
    }),
  );
  return [...lines.flat(), ...others];
}

/** Where one rollout stands in the end. Its failure is told, so that others are still followed. */
async function waitFor(
  cluster: Cluster,
  { kind, ref }: Rollout,
  call: ToolCall,
  { seconds, ended }: WaitLimit,
  { isAlone, tell }: { isAlone: boolean; tell: (message: string) => void },
): Promise<string[]> {
  const { signal } = call;
  const name = `${kind} "${ref.name}"`;
  const tellNamed = (message: string) => tell(isAlone ? message : `${name}: ${message}`);
  const outage = new Outage(ended, tellNamed);
  const signals = { cancelled: signal, ended, outage, isBegun: true };
  try {
    const followed = await followWorkload(cluster, kind, ref, signals, tellNamed);
    signal.throwIfAborted();
    if (!followed) return [`${name} could not be looked at in time.${outage.remark}`];
    const { state, message } = followed.state;
    const standing =
      state === 'progressing'
        ? `${name} is not finished after ${seconds} s: ${message}.${outage.remark}`
        : message;
    const [facts, ...troubles] = await rolloutReport(cluster, kind, followed, signal);
    // Of several, those that are well take one line each.
    if (state === 'complete' && !isAlone) return [`${standing}: ${facts}`];
    return [standing, facts!, ...troubles];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    return [`${name} could not be followed: ${error.message}`];
  }
}

function rolloutOf(ref: ObjectRef): Rollout | undefined {
  const kind = WORKLOAD_KINDS.find((one) => ref.resource.groupResource === `${one}s.apps`);
  return kind && { kind, ref };
}
