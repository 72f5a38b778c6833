import { pieceOf } from './cut-output.js';
import { isFinished, type Execution } from './execution.js';

/** Which piece of an output to show, in characters. */
interface Piece {
  offset: number;
  maxChars: number;
}

/** An execution as text for a model: how it stands, then a piece of its output. */
export function executionText(execution: Execution, { offset, maxChars }: Piece): string {
  const { id, output = '', error } = execution;
  const { text, next } = pieceOf(output, offset, maxChars);
  const title = isFinished(execution) ? 'Output' : 'Output so far';
  const where = offset > 0 ? `${title} from character ${offset} on` : title;
  const more = `[${output.length} characters in all. Go on with execution_status of ${id} and offset ${next}.]`;
  return [
    headline(execution),
    error?.message,
    isGivenAway(execution) && 'Its output was given to its caller, and not kept.',
    text && `${where}:\n${text}`,
    next === undefined ? undefined : more,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Of quick reads, only their callers get the output. */
function isGivenAway({ status, output }: Execution): boolean {
  return status === 'succeeded' && output === undefined;
}

/** The answer for a call that is still running. */
export function stillRunningText(execution: Execution, seconds: number): string {
  const { id, output } = execution;
  const wayOn = `Still running after ${seconds} s, as execution ${id}. It goes on: use execution_wait for its result, execution_status to look at it, or execution_cancel to end it.`;
  return output ? `${wayOn}\n\nOutput so far:\n${output}` : wayOn;
}

function headline(execution: Execution): string {
  const { id, tool, status, createdAt, startedAt, finishedAt } = execution;
  const seconds =
    (Date.parse(finishedAt ?? new Date().toISOString()) - Date.parse(startedAt ?? createdAt)) /
    1_000;
  const time =
    status === 'queued'
      ? `waits for its turn for ${seconds} s`
      : `${status} ${isFinished(execution) ? 'after' : 'for'} ${seconds} s`;
  return `Execution ${id} of ${tool}: ${time}.`;
}
