import { isFinished, type LivePod } from '#cluster';
import type { DrainDto } from './drain.dto.js';

const MIRROR = 'kubernetes.io/config.mirror';

/** A pod with the fields that a drain decides by. */
export interface DrainPod extends LivePod {
  metadata: LivePod['metadata'] & { ownerReferences?: { kind: string; controller?: boolean }[] };
  spec: LivePod['spec'] & { volumes?: { emptyDir?: object }[] };
}

/** What a drain does with the pods of a node. */
export interface DrainPlan {
  evict: DrainPod[];
  /** Pods that stay, each with the reason: "shop/agent-x (DaemonSet)". */
  stay: string[];
  /** Reasons not to drain the node at all, each with its pods and what would allow it. */
  refusals: string[];
}

type Choices = Pick<DrainDto, 'ignore_daemonsets' | 'delete_emptydir_data' | 'force'>;

/** Decides about each pod of a node by the rules of `kubectl drain`. */
export function drainPlan(pods: readonly DrainPod[], choices: Choices): DrainPlan {
  const plan: DrainPlan = { evict: [], stay: [], refusals: [] };
  const refused = { daemonsets: [] as string[], data: [] as string[], bare: [] as string[] };
  for (const pod of pods) {
    const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller);
    const name = podName(pod);
    if (pod.metadata.annotations?.[MIRROR] !== undefined) {
      plan.stay.push(`${name} (static pod)`);
    } else if (isFinished(pod)) {
      plan.evict.push(pod);
    } else if (controller?.kind === 'DaemonSet') {
      if (choices.ignore_daemonsets) plan.stay.push(`${name} (DaemonSet)`);
      else refused.daemonsets.push(name);
    } else {
      const hasData = pod.spec.volumes?.some(({ emptyDir }) => emptyDir) ?? false;
      if (hasData && !choices.delete_emptydir_data) refused.data.push(name);
      if (!controller && !choices.force) refused.bare.push(name);
      plan.evict.push(pod);
    }
  }
  const refuse = (names: string[], why: string) => {
    if (names.length > 0) plan.refusals.push(`${why}: ${names.join(', ')}`);
  };
  refuse(refused.daemonsets, 'pods of DaemonSets (ignore_daemonsets leaves them)');
  refuse(refused.data, 'pods with emptyDir data, which would be lost (delete_emptydir_data)');
  refuse(refused.bare, 'pods that no controller would replace (force)');
  return plan;
}

/** `namespace/name`. */
export function podName({ metadata }: LivePod): string {
  return `${metadata.namespace}/${metadata.name}`;
}
