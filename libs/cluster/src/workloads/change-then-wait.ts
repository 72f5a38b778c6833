import { ToolError, type ToolCall, type ToolResult } from '#tools';
import { waitSecondsOf } from '../fields/wait.field.js';

/** For how long a wait goes on. */
export interface WaitLimit {
  seconds: number;
  /** Aborts when the time is over, or when the call is to end. */
  ended: AbortSignal;
}

/**
 * Makes a change, then waits for its effect if the call asks for that (`wait_seconds`). The change
 * is recorded as made before the wait begins, and stays whatever becomes of the wait.
 * @param wait returns what to say of the effect, in lines
 * @throws ToolError as `change`; the reason of the signal, with what was changed
 */
export async function changeThenWait(
  call: ToolCall,
  change: () => Promise<ToolResult | string>,
  wait: (limit: WaitLimit) => Promise<string[]>,
): Promise<ToolResult> {
  const seconds = waitSecondsOf(call);
  const changed = await change();
  const made = typeof changed === 'string' ? { output: changed } : changed;
  if (seconds === 0) return made;
  call.emit(`${made.output}\n\n`);
  call.settled();
  const ended = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)]);
  try {
    const lines = await wait({ seconds, ended });
    call.signal.throwIfAborted();
    return { ...made, output: `${made.output}\n\n${lines.join('\n')}` };
  } catch (error) {
    const failure: unknown = call.signal.aborted ? call.signal.reason : error;
    if (!(failure instanceof ToolError)) throw failure;
    if (call.signal.aborted) throw whileWaiting(failure, made.output);
    const remark = `The change is made, but its rollout could not be followed: ${failure.message}`;
    return { ...made, output: `${made.output}\n\n${remark}` };
  }
}

function whileWaiting(reason: ToolError, output: string): ToolError {
  const message = `${reason.message} The change was made before; only the wait for its rollout ended.`;
  return reason.with({ message, retryable: false, output });
}
