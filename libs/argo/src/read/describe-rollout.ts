import type { Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { conditionAndEventLines, headLines, treeLines } from './describe-text.js';
import type { RolloutDto } from '../model/rollout.dto.js';
import { readParts } from '../model/rollout-parts.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';
import { rolloutProgress } from '../model/rollout-progress.js';
import { rolloutTree } from '../model/rollout-tree.js';

/** What `kubectl argo rollouts get rollout` shows, then the rollout's conditions and events. */
export async function describeRollout(
  cluster: Cluster,
  query: RolloutDto,
  { signal }: ToolCall,
): Promise<ToolResult> {
  const ref = await rolloutRef(cluster, query, signal);
  const rollout = await readRollout(cluster, ref, signal);
  const [parts, state] = await Promise.all([
    readParts(cluster, rollout, signal),
    rolloutProgress(cluster, rollout, signal),
  ]);
  const tree = rolloutTree(rollout, parts);
  const sections = [
    headLines(rollout, state, parts),
    treeLines(tree),
    conditionAndEventLines(rollout, parts),
  ];
  return {
    output: sections.map((lines) => lines.join('\n')).join('\n\n'),
    data: { ...state, tree },
  };
}
