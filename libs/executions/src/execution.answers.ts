import { Injectable } from '@nestjs/common';
import { ToolError, type ToolResult } from '#tools';
import { cutOutput } from './cut-output.js';
import { outcomeOf, type Execution } from './execution.js';
import { ExecutionReader } from './follow/execution.reader.js';
import { OutputLimits } from './output-limits.js';
import type { Started } from './run/call-start.js';

/** What callers get of executions: outputs are cut to what one answer holds. */
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
  async result({ id, live }: Started, signal: AbortSignal): Promise<ToolResult> {
    try {
      return this.cut(id, live ? await live.result() : await this.laterResult(id, signal));
    } catch (error) {
      if (!(error instanceof ToolError) || !error.output) throw error;
      throw error.with({ output: this.cut(id, { output: error.output }).output });
    }
  }

  /**
   * Cuts an output to what one answer holds, and says how to read the rest. The data, which hold
   * the same, are then left out.
   */
  cut(id: string, result: ToolResult): ToolResult {
    const { maxOutputChars } = this.limits;
    if (result.output.length <= maxOutputChars) return result;
    const hint = `The rest: GET /engine/v1/executions/${id}/output?offset=..., or the tool execution_status with execution_id ${id} and an offset.`;
    return { output: cutOutput(result.output, maxOutputChars, hint) };
  }

  /** An execution with its output cut in the same way. */
  shown(execution: Execution): Execution {
    const { id, output, data } = execution;
    if (output === undefined) return execution;
    return { ...execution, data: undefined, ...this.cut(id, { output, data }) };
  }

  private async laterResult(id: string, signal: AbortSignal): Promise<ToolResult> {
    const end = await this.reader.ended(id, signal);
    if (!end) throw signal.reason;
    const outcome = outcomeOf(end);
    if (!outcome || 'error' in outcome) throw outcome?.error;
    return outcome.result;
  }
}
