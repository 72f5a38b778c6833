import { ToolError } from '#tools';

/**
 * The revision of a workload to go back to.
 * @param target the workload in messages, such as `deployment.apps/web`
 * @param revisions those that are kept, oldest first
 * @param wanted 0 for the one before the latest
 * @param historyTool the tool that says more of each
 * @throws ToolError `not_found` with the revisions that there are
 */
export function chooseRevision<R extends { revision: number }>(
  target: string,
  revisions: readonly R[],
  wanted: number,
  historyTool: string,
): R {
  const chosen =
    wanted === 0 ? revisions.at(-2) : revisions.find(({ revision }) => revision === wanted);
  if (chosen) return chosen;
  const known = revisions.map(({ revision }) => revision).join(', ');
  throw new ToolError(
    'not_found',
    wanted === 0
      ? `${target} has no earlier revision to go back to.`
      : `${target} has no revision ${wanted}. There ${revisions.length === 1 ? 'is only' : 'are'} ${known || 'none'}; ${historyTool} shows more about each.`,
  );
}
