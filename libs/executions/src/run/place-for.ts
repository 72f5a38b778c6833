import type { PreparedCall } from '#tools';
import type { LiveExecution } from '../live-execution.js';
import type { Place, RunQueue } from './run-queue.js';

/** Seconds beyond which a call that may run for so long leaves room for others. */
const LONG_SECONDS = 60;

/** The place of what needs none. */
const NO_PLACE: Place = { isNow: true, taken: Promise.resolve(), giveBack: () => {} };

/**
 * Takes the place that a call needs, or gets in line for it.
 * @throws ToolError as `RunQueue.enter` and `RunQueue.enterWait`
 */
export function placeFor(
  queue: RunQueue,
  execution: LiveExecution,
  { tool, input, shared }: PreparedCall,
): Place {
  const { caller, signal } = execution;
  const place = tool.placeOf(input);
  if (place === 'none') return NO_PLACE;
  if (place === 'wait') {
    execution.isIdle = true;
    return queue.enterWait({ caller });
  }
  const category = place === 'read' ? undefined : tool.category;
  const isLong = tool.timeLimitSeconds(input) > LONG_SECONDS;
  const candidate = { caller, category, lane: tool.laneOf(shared), isLong };
  return tool.waitSeconds(shared) > 0
    ? queue.enterThenWait(candidate, signal)
    : queue.enter(candidate, signal);
}
