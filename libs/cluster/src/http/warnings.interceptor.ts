import { Injectable } from '@nestjs/common';
import {
  InterceptsTools,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import { collectWarnings } from './api-warnings.js';

/**
 * Adds what the API server warns of to the answer of a write, in kubectl's words. A read answers
 * with what it was asked for and no more.
 */
@Injectable()
@InterceptsTools({ stage: 'warnings' })
export class WarningsInterceptor implements ToolInterceptor {
  intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    return invocation.tool.annotations.readOnlyHint
      ? next(invocation)
      : this.withWarnings(invocation, next);
  }

  private async withWarnings(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const { result, warnings } = await collectWarnings(() => next(invocation));
    if (warnings.length === 0) return result;
    const lines = warnings.map((warning) => `Warning: ${warning}`).join('\n');
    return { ...result, output: `${result.output.trimEnd()}\n\n${lines}` };
  }
}
