import { Injectable } from '@nestjs/common';
import {
  InterceptsTools,
  ToolError,
  type ToolErrorCode,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import type { AuditDraft, AuditOutcome } from './audit-entry.js';
import { Audit } from './audit.service.js';
import type { CallDraft } from './call-draft.js';

/** Refusals: nothing was sent for them, or the cluster has not taken it. */
const REFUSALS: readonly ToolErrorCode[] = ['unauthenticated', 'forbidden', 'approval_required'];

type Next = (invocation: ToolInvocation) => Promise<ToolResult>;

/** Keeps each call in the audit: a read once it has ended, a write before and after. */
@Injectable()
@InterceptsTools({ stage: 'audit' })
export class AuditInterceptor implements ToolInterceptor {
  constructor(private readonly audit: Audit) {}

  async intercept(invocation: ToolInvocation, next: Next): Promise<ToolResult> {
    const draft = this.audit.draftOf(invocation);
    if (isRead(invocation)) {
      return this.follow(draft, invocation, next, (end) => this.audit.called(end));
    }
    const intent = await this.audit.intent({ ...draft, decision: 'allowed' });
    return this.follow(draft, invocation, next, (end) => this.audit.outcome(intent, end));
  }

  private async follow(
    draft: CallDraft,
    invocation: ToolInvocation,
    next: Next,
    tell: (end: Omit<AuditDraft, 'kind'>) => void,
  ): Promise<ToolResult> {
    const startedAt = performance.now();
    const end = (how: Pick<AuditDraft, 'outcome' | 'code'>, output = '') => {
      const durationMs = Math.round(performance.now() - startedAt);
      const decision = how.outcome === 'refused' ? 'refused' : 'allowed';
      tell({ ...draft, ...how, decision, durationMs, bytes: Buffer.byteLength(output) });
    };
    try {
      const result = await next(invocation);
      end({ outcome: 'done' }, result.output);
      return result;
    } catch (error) {
      const { code, output, isOutcomeUnknown } =
        error instanceof ToolError ? error : new ToolError('internal', '');
      end({ outcome: outcomeOf(code, isOutcomeUnknown), code }, output);
      throw error;
    }
  }
}

/** Whether a call sends nothing that changes a cluster: calls about other calls do not either. */
function isRead({ tool, input }: ToolInvocation): boolean {
  return tool.annotations.readOnlyHint || tool.placeOf(input) === 'none';
}

function outcomeOf(code: ToolErrorCode, isOutcomeUnknown: boolean): AuditOutcome {
  if (isOutcomeUnknown) return 'unknown';
  return REFUSALS.includes(code) ? 'refused' : 'failed';
}
