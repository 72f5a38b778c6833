import { Injectable } from '@nestjs/common';
import type { Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { conditionAndEventLines, headLines, treeLines } from './describe-text.js';
import type { RolloutDto } from '../model/rollout.dto.js';
import { readParts } from '../model/rollout-parts.js';
import { readRollout, rolloutRef } from '../model/rollout-patches.js';
import { rolloutState } from '../model/rollout-state.js';
import { rolloutTree } from '../model/rollout-tree.js';

/** Shows rollouts with all that belongs to them. */
@Injectable()
export class DescribeClient {
  /** What `kubectl argo rollouts get rollout` shows, then the rollout's conditions and events. */
  async describe(cluster: Cluster, query: RolloutDto, { signal }: ToolCall): Promise<ToolResult> {
    const ref = await rolloutRef(cluster, query, signal);
    const rollout = await readRollout(cluster, ref, signal);
    const [parts, state] = await Promise.all([
      readParts(cluster, rollout, signal),
      rolloutState(cluster, rollout, signal),
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
}
