import { Injectable } from '@nestjs/common';
import {
  InterceptsTools,
  ToolError,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import { Audit } from './audit/index.js';
import { Policies } from './policies.js';

/**
 * Lets a call begin only if its principal may use the tool. A call that has waited for its turn is
 * decided when it begins, as the policy and its token may have changed.
 */
@Injectable()
@InterceptsTools({ stage: 'access' })
export class PolicyInterceptor implements ToolInterceptor {
  constructor(
    private readonly policies: Policies,
    private readonly audit: Audit,
  ) {}

  /** @throws ToolError as the call will be refused */
  announce({ tool, call }: ToolInvocation): void {
    const { principal } = call;
    if (principal?.expiresAt !== undefined && principal.expiresAt <= Date.now()) {
      throw new ToolError(
        'unauthenticated',
        'The token ended before the call began. Call again with a new one.',
      );
    }
    this.policies.checkTool(principal, tool);
  }

  intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    try {
      this.announce(invocation);
    } catch (error) {
      const { tool, input, call } = invocation;
      const args = { ...input, ...call.shared };
      this.audit.refused({ name: tool.name, tool, args, error: error as ToolError, call });
      return Promise.reject(error);
    }
    return next(invocation);
  }
}
