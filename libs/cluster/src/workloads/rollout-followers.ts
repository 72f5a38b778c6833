import { Injectable } from '@nestjs/common';
import type { Cluster } from '../cluster.js';
import type { Outage } from '../http/outage.js';
import type { ObjectRef } from '../objects/object-ref.js';
import type { WaitLimit } from './change-then-wait.js';

/** Where a rollout stands that was waited for. */
export interface RolloutStanding {
  /** Whether there is nothing more to come, and all is well. */
  isFinished: boolean;
  /** Where it stands, with its name. */
  standing: string;
  /** Its counts. Undefined where it could not be looked at. */
  facts?: string;
  /** Why it is not finished, in lines. */
  troubles: string[];
}

/**
 * Follows the rollout of one object until it is finished, does not go on, or the limit is reached.
 * @param limit `cancelled` aborts when the call is to end
 * @param tell gets a line for each change meanwhile
 * @throws ToolError if it cannot be followed
 */
export type FollowRollout = (
  cluster: Cluster,
  ref: ObjectRef,
  limit: WaitLimit & { cancelled: AbortSignal },
  tell: (line: string) => void,
) => Promise<RolloutStanding>;

/** What is said of a rollout that could not be read within the time of the wait. */
export function notLookedAt(name: string, { remark }: Outage): RolloutStanding {
  const standing = `${name} could not be looked at in time.${remark}`;
  return { isFinished: false, standing, troubles: [] };
}

/**
 * How to follow the rollouts of kinds that other domains know, so that a tool of this one waits for
 * them too. Each domain adds its own.
 */
@Injectable()
export class RolloutFollowers {
  private readonly byResource = new Map<string, FollowRollout>();

  /** @param groupResource such as `rollouts.argoproj.io` */
  add(groupResource: string, follow: FollowRollout): void {
    this.byResource.set(groupResource, follow);
  }

  of({ resource }: ObjectRef): FollowRollout | undefined {
    return this.byResource.get(resource.groupResource);
  }
}
