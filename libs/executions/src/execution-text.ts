import { isFinished, type Execution } from './execution.js';

/**
 * An execution as text for a model: how it stands, then its output.
 * @param offset characters of the output to leave out
 */
export function executionText(execution: Execution, offset = 0): string {
  const { output = '', error } = execution;
  const shown = output.slice(offset);
  return [
    headline(execution),
    error?.message,
    shown && `${isFinished(execution) ? 'Output' : 'Output so far'}:\n${shown}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What a call answers that goes on after its caller has been answered. */
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
