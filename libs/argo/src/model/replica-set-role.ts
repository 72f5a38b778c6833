import { templateHash, type ReplicaSet } from './rollout-revisions.js';
import type { Rollout } from './rollout.js';

/** The roles of a ReplicaSet in its rollout: stable, canary, active, preview, ping, pong. */
export function roleOf({ spec, status = {} }: Rollout, replicaSet: ReplicaSet): string[] {
  const hash = templateHash(replicaSet);
  if (hash === undefined) return [];
  const isStable = status.stableRS === hash;
  const { canary, blueGreen } = spec.strategy ?? {};
  if (canary) {
    if (!isStable && status.currentPodHash !== hash) return [];
    const isPing = (status.canary?.stablePingPong === 'ping') === isStable;
    return [isStable ? 'stable' : 'canary', ...(canary.pingPong ? [isPing ? 'ping' : 'pong'] : [])];
  }
  if (!blueGreen) return [];
  const { activeSelector, previewSelector } = status.blueGreen ?? {};
  const traffic =
    activeSelector === hash ? ['active'] : previewSelector === hash ? ['preview'] : [];
  return [...(isStable ? ['stable'] : []), ...traffic];
}
