import { Inject, Injectable } from '@nestjs/common';
import { toolsConfig, type ToolsConfig } from '#tools';
import { executionsConfig, type ExecutionsConfig } from './executions.config.js';

/** The most characters of what one call puts out. */
export interface CallLimits {
  /** Of its answer. */
  readonly answerChars: number;
  /** Of its answer if it fails. */
  readonly errorChars: number;
  /** Of its output that are kept. */
  readonly keptChars: number;
}

/** How much of an output is kept, and how much of it one answer holds. */
@Injectable()
export class OutputLimits {
  constructor(
    @Inject(toolsConfig.KEY) private readonly tools: ToolsConfig,
    @Inject(executionsConfig.KEY) private readonly executions: ExecutionsConfig,
  ) {}

  /** @param asked the characters of the answer that its reader asks for */
  of(asked: number | undefined): CallLimits {
    const { maxOutputChars, maxErrorChars } = this.tools;
    const answerChars = asked ?? maxOutputChars;
    return {
      answerChars,
      errorChars: Math.min(maxErrorChars, answerChars),
      // More than an answer holds is always kept, because it can be asked for.
      keptChars: Math.max(this.executions.maxKeptOutputChars, answerChars),
    };
  }
}
