import {
  changeObject,
  isDryRun,
  type Cluster,
  type DecidedChange,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import type { ToolCall } from '#tools';
import type { Rollout } from '../model/rollout.js';
import { pauseNote, throughText, type TemplateOwner } from '../model/template-owner.js';
import { changeOutcome } from './verb-outcome.js';

/** A rollout as it was read, and the object that holds its pod template. */
interface TemplateTarget {
  rollout: ObjectRef;
  live: Rollout;
  owner: TemplateOwner;
}

/** A change to make to the pod template of a rollout. */
export interface TemplateChange extends Pick<DecidedChange, 'write' | 'unchanged'> {
  /** What was done, to follow the rollout's name. */
  done: string;
  /** What is different then; "" if that is not worth a word. */
  details: string;
}

/**
 * Changes the pod template of a rollout, be it its own or that of the workload that it refers to.
 * Unless it is a dry run, it waits until the controller has observed the change.
 * @param decide returns the change, or why there is nothing to change
 * @returns what was done, and the diff of the object that was changed
 * @throws ToolError as `decide` and `write`
 */
export function changeTemplate(
  cluster: Cluster,
  { rollout, live, owner }: TemplateTarget,
  call: ToolCall,
  decide: (before: KubernetesObject) => TemplateChange | string | Promise<TemplateChange | string>,
): Promise<string> {
  const change = async (before: KubernetesObject): Promise<DecidedChange | string> => {
    const decided = await decide(before);
    if (typeof decided === 'string') return decided;
    const { done, details, ...sent } = decided;
    const changed = details === '' ? '' : ` (${details})`;
    const said = `${done}${throughText(live, owner.ref)}${changed}${pauseNote(live)}`;
    const outcome = async () =>
      isDryRun(call) ? said : changeOutcome(cluster, rollout, live, said, call.signal);
    return {
      ...sent,
      summary: async () => `${rollout.resource.label(rollout.name)} ${await outcome()}`,
    };
  };
  return changeObject(cluster, owner.ref, call, change, async () => owner.object);
}
