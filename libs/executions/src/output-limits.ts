import { Inject, Injectable } from '@nestjs/common';
import { toolsConfig, type ToolsConfig } from '#tools';
import { executionsConfig, type ExecutionsConfig } from './executions.config.js';

/** How much of an output is kept, and how much of it one answer holds, in characters. */
@Injectable()
export class OutputLimits {
  /** What one answer holds. More than this is always kept, because it can be asked for. */
  readonly maxOutputChars: number;
  readonly maxKeptOutputChars: number;

  constructor(
    @Inject(toolsConfig.KEY) { maxOutputChars }: ToolsConfig,
    @Inject(executionsConfig.KEY) { maxKeptOutputChars }: ExecutionsConfig,
  ) {
    this.maxOutputChars = maxOutputChars;
    this.maxKeptOutputChars = Math.max(maxKeptOutputChars, maxOutputChars);
  }
}
