import { Injectable } from '@nestjs/common';
import { mapConcurrently } from '#base';
import {
  changeThenWait,
  followWorkload,
  notLookedAt,
  Outage,
  RolloutFollowers,
  rolloutReport,
  WORKLOAD_KINDS,
  type Cluster,
  type FollowRollout,
  type ObjectRef,
  type WaitLimit,
  type WorkloadKind,
} from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';

/** Workloads that are watched at a time; each takes a connection. */
const CONCURRENCY = 32;

/** Something that rolls out, to wait for. */
interface Rollout {
  /** What to call it. */
  name: string;
  follow: FollowRollout;
  ref: ObjectRef;
}

/** Waits for the rollouts of what tools have changed. */
@Injectable()
export class RolloutWaits {
  constructor(private readonly followers: RolloutFollowers) {}

  /**
   * Makes a change, then waits for the rollouts of what it is about if the call asks for that.
   * @param refs what it is about; what rolls out nothing is not waited for
   * @returns the answer of the change, then where each rollout stands, and why it is not finished
   * @throws ToolError as `changeThenWait`
   */
  changeAndWait(
    cluster: Cluster,
    call: ToolCall,
    refs: readonly ObjectRef[],
    change: () => Promise<ToolResult | string>,
  ): Promise<ToolResult> {
    return changeThenWait(call, change, (limit) => this.waitFor(cluster, refs, call, limit));
  }

  private async waitFor(
    cluster: Cluster,
    refs: readonly ObjectRef[],
    call: ToolCall,
    limit: WaitLimit,
  ): Promise<string[]> {
    const rollouts = refs.flatMap((ref) => this.rolloutOf(ref) ?? []);
    if (rollouts.length === 0) {
      return [`Nothing to wait for: only ${WORKLOAD_KINDS.join(', ')} are waited for.`];
    }
    let told = 0;
    const lines = await mapConcurrently(rollouts, CONCURRENCY, (rollout) =>
      waitFor(cluster, rollout, call, limit, {
        isAlone: rollouts.length === 1,
        tell: (message) => call.progress({ progress: ++told, message }),
      }),
    );
    return lines.flat();
  }

  private rolloutOf(ref: ObjectRef): Rollout | undefined {
    const { resource } = ref;
    const kind = WORKLOAD_KINDS.find((one) => resource.groupResource === `${one}s.apps`);
    const follow = kind ? followerOf(kind) : this.followers.of(ref);
    return follow && { name: `${kind ?? resource.kind} "${ref.name}"`, follow, ref };
  }
}

/** Where one rollout stands in the end. Its failure is told, so that others are still followed. */
async function waitFor(
  cluster: Cluster,
  { name, follow, ref }: Rollout,
  { signal }: ToolCall,
  limit: WaitLimit,
  { isAlone, tell }: { isAlone: boolean; tell: (message: string) => void },
): Promise<string[]> {
  const tellNamed = (message: string) => tell(isAlone ? message : `${name}: ${message}`);
  try {
    const rollout = await follow(cluster, ref, { ...limit, cancelled: signal }, tellNamed);
    const { isFinished, standing, facts, troubles } = rollout;
    if (facts === undefined) return [standing];
    // Of several, those that are well take one line each.
    if (isFinished && !isAlone) return [`${standing.replace(/\.$/, '')}: ${facts}`];
    return [standing, facts, ...troubles];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    return [`${name} could not be followed: ${error.message}`];
  }
}

function followerOf(kind: WorkloadKind): FollowRollout {
  return async (cluster, ref, { seconds, ended, cancelled }, tell) => {
    const outage = new Outage(ended, tell);
    const signals = { cancelled, ended, outage, isBegun: true };
    const followed = await followWorkload(cluster, kind, ref, signals, tell);
    cancelled.throwIfAborted();
    const name = `${kind} "${ref.name}"`;
    if (!followed) return notLookedAt(name, outage);
    const { state, message } = followed.state;
    const isFinished = state === 'complete';
    const standing =
      state === 'progressing'
        ? `${name} is not finished after ${seconds} s: ${message}.${outage.remark}`
        : message;
    const [facts, ...troubles] = await rolloutReport(cluster, kind, followed, cancelled);
    return { isFinished, standing, facts, troubles };
  };
}
