import { Injectable } from '@nestjs/common';
import { ToolError, type ToolResult } from '#tools';
import { cutFailure } from './cut-failure.js';
import { cutOutput } from './cut-output.js';
import { executionText, stillRunningText } from './execution-text.js';
import { outcomeOf, type Execution } from './execution.js';
import { ExecutionReader } from './follow/execution.reader.js';
import { OutputLimits } from './output-limits.js';
import type { Started } from './run/call-start.js';

/**
 * What callers get of executions, cut to what one answer holds. `asked` is always the characters
 * that the one who reads now asks for.
 */
@Injectable()
export class ExecutionAnswers {
  constructor(
    private readonly reader: ExecutionReader,
    private readonly limits: OutputLimits,
  ) {}

  /**
   * Waits for the end of an execution, on whichever server it runs.
   * @returns the result for its caller
   * @throws ToolError that it ended with; `not_found`
   */
  async result({ id, live }: Started, signal: AbortSignal, asked?: number): Promise<ToolResult> {
    try {
      const result = live ? await live.result() : await this.laterResult(id, signal);
      return this.cut(id, result, asked);
    } catch (error) {
      throw error instanceof ToolError ? this.cutError(id, error, asked) : error;
    }
  }

  /**
   * Cuts an output to what one answer holds, and says how to read the rest. The data, which hold
   * the same, are then left out.
   */
  cut(id: string, result: ToolResult, asked?: number): ToolResult {
    const { answerChars } = this.limits.of(asked);
    if (result.output.length <= answerChars) return result;
    return { output: cutOutput(result.output, answerChars, wayOnIn(id)) };
  }

  /** Cuts a failure of an execution in the same way. */
  cutError(id: string, error: ToolError, asked?: number): ToolError {
    const { errorChars } = this.limits.of(asked);
    const shown = cutFailure(error, errorChars, wayOnIn(id));
    return shown === error ? error : error.with(shown);
  }

  /** Cuts a failure that no execution keeps. */
  cutRefusal(error: ToolError): ToolError {
    const shown = cutFailure(error, this.limits.of(undefined).errorChars);
    return shown === error ? error : error.with(shown);
  }

  /** An execution with its output and its error cut in the same way. */
  shown(execution: Execution, asked?: number): Execution {
    const { id, output, data, error } = execution;
    if (error) {
      const { errorChars } = this.limits.of(asked);
      const shown = cutFailure({ ...error, output }, errorChars, wayOnIn(id));
      const { message, errors } = shown;
      return { ...execution, output: shown.output, error: { ...error, message, errors } };
    }
    if (output === undefined) return execution;
    return { ...execution, data: undefined, ...this.cut(id, { output, data }, asked) };
  }

  /** An execution as text for a model, with a piece of its output. */
  text(execution: Execution, offset: number, asked?: number): string {
    const { answerChars, errorChars } = this.limits.of(asked);
    const { error } = execution;
    const room = Math.min(errorChars, Math.floor(answerChars / 2));
    const message = error && cutFailure({ message: error.message }, room).message;
    const shown = error && message !== undefined ? { ...error, message } : undefined;
    const told = shown ? { ...execution, error: shown } : execution;
    return executionText(told, { offset, maxChars: answerChars });
  }

  /** The answer for a call that is still running. @param before what to say first */
  stillRunning(execution: Execution, seconds: number, before: string, asked?: number): string {
    const { answerChars } = this.limits.of(asked);
    return before + stillRunningText(execution, seconds, answerChars - before.length);
  }

  private async laterResult(id: string, signal: AbortSignal): Promise<ToolResult> {
    const end = await this.reader.ended(id, signal);
    if (!end) throw signal.reason;
    const outcome = outcomeOf(end);
    if (!outcome || 'error' in outcome) throw outcome?.error;
    return outcome.result;
  }
}

/** How to read on in the output of an execution. */
function wayOnIn(id: string): (next: number) => string {
  return (next) =>
    `Read on with the tool execution_status, execution_id=${id} and offset=${next}, or GET /engine/v1/executions/${id}/output?offset=${next}.`;
}
