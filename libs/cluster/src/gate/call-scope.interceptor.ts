import { Injectable } from '@nestjs/common';
import {
  InterceptsTools,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import { callScope } from './gate-call.js';

/** Lets the gate know which call a request is made for. */
@Injectable()
@InterceptsTools({ stage: 'scope' })
export class CallScopeInterceptor implements ToolInterceptor {
  intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const { tool, call } = invocation;
    const { executionId, principal, caller, door, signal } = call;
    const { name, category } = tool;
    const who = { principal, caller, door };
    const scope = { tool: name, category, executionId, ...who, changes: [], signal };
    return callScope.run(scope, () => next(invocation));
  }
}
