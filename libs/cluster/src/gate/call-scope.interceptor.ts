import { Injectable } from '@nestjs/common';
import {
  InterceptsTools,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import { callScope, reachesGate } from './gate-call.js';

/**
 * Lets the gate know which call a request is made for. What a call changes elsewhere waits here
 * until the call is remembered.
 */
@Injectable()
@InterceptsTools({ stage: 'scope' })
export class CallScopeInterceptor implements ToolInterceptor {
  async intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const { tool, call } = invocation;
    const { executionId, principal, caller, door, origin, signal, remembered } = call;
    if (!reachesGate(invocation)) await remembered;
    const { name, category } = tool;
    const who = { principal, caller, door, origin };
    const scope = { tool: name, category, executionId, ...who, changes: [], signal, remembered };
    return callScope.run(scope, () => next(invocation));
  }
}
