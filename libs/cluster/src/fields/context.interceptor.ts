import { Injectable } from '@nestjs/common';
import {
  InterceptsTools,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import { Clusters } from '../clusters.js';

/** Refuses an unknown context, also for a tool that would not ask its cluster. */
@Injectable()
@InterceptsTools({ stage: 'limit' })
export class ContextInterceptor implements ToolInterceptor {
  constructor(private readonly clusters: Clusters) {}

  /** @throws ToolError `invalid_input` with the names of the contexts */
  async intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    this.clusters.checkName(invocation.call.shared['context'] as string | undefined);
    return next(invocation);
  }
}
