import { ToolError } from '#tools';
import type { GateOutcome } from '../gate/gate-part.js';

/** Statuses that say nothing of whether a change was made. */
const UNCERTAIN = [408, 502, 503, 504];

/** The outcome of a request with an answer of this HTTP status. */
export function answered(status: number, isChange: boolean): GateOutcome {
  if (status < 400) return { state: 'done', status };
  return { state: isChange && UNCERTAIN.includes(status) ? 'unknown' : 'failed', status };
}

/** The outcome of a request that has thrown an error. */
export function failed(error: unknown): GateOutcome {
  const isUnknown = error instanceof ToolError && error.isOutcomeUnknown;
  return { state: isUnknown ? 'unknown' : 'failed', error };
}
