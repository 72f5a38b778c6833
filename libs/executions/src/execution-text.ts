import { pieceWithNote, type Left, type Piece } from './cut-output.js';
import { isFinished, type Execution } from './execution.js';

/**
 * An execution as text for a model: how it stands, then a piece of its output. All together has at
 * most so many characters.
 */
export function executionText(execution: Execution, { offset, maxChars }: Piece): string {
  const { output = '', error } = execution;
  const title = isFinished(execution) ? 'Output' : 'Output so far';
  const where = offset > 0 ? `${title} from character ${offset} on` : title;
  const head = [
    headline(execution),
    error?.message,
    isGivenAway(execution) && 'Its output was given to its caller, and not kept.',
  ]
    .filter(Boolean)
    .join('\n\n');
  if (output.length <= offset) return head;
  return `${head}\n\n${outputText(execution, `${where}:`, { offset, maxChars: maxChars - head.length - 2 })}`;
}

/** Of quick reads, only their callers get the output. */
function isGivenAway({ status, output }: Execution): boolean {
  return status === 'succeeded' && output === undefined;
}

/** The answer for a call that is still running, of at most so many characters. */
export function stillRunningText(execution: Execution, seconds: number, maxChars: number): string {
  const { id, output } = execution;
  const wayOn = `Still running after ${seconds} s, as execution ${id}. It goes on: use execution_wait for its result, execution_status to look at it, or execution_cancel to end it.`;
  if (!output) return wayOn;
  const piece = { offset: 0, maxChars: maxChars - wayOn.length - 2 };
  return `${wayOn}\n\n${outputText(execution, 'Output so far:', piece)}`;
}

/** A piece of the output under its title, and how to read on. */
function outputText(
  { id, output = '' }: Execution,
  title: string,
  { offset, maxChars }: Piece,
): string {
  const note = ({ next, lines }: Left) =>
    `\n[${output.length} characters in all; ${lines} line${lines === 1 ? ' is' : 's are'} left. Go on with execution_status of ${id} and offset ${next}.]`;
  const room = maxChars - title.length - 1;
  return `${title}\n${pieceWithNote(output, { offset, maxChars: room }, note)}`;
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
