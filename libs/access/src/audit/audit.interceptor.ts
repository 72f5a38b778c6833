import { Injectable } from '@nestjs/common';
import { callScope, reachesGate } from '#cluster';
import {
  InterceptsTools,
  ToolError,
  type RefusedCall,
  type ToolErrorCode,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';
import type { AuditDraft, AuditOutcome } from './audit-entry.js';
import { Audit, type Announced } from './audit.service.js';
import type { CallDraft } from './call-draft.js';

/** Refusals: nothing was sent for them, or the cluster has not taken it. */
const REFUSALS: readonly ToolErrorCode[] = ['unauthenticated', 'forbidden', 'approval_required'];

/** A call that writes, and its intent. */
interface AnnouncedCall {
  draft: CallDraft;
  intent: Announced;
}

type Next = (invocation: ToolInvocation) => Promise<ToolResult>;

/**
 * Keeps each call in the audit: a read once it has ended, a write before and after. What a call
 * sends to a cluster waits at the gate until the intents of both are stored.
 */
@Injectable()
@InterceptsTools({ stage: 'audit' })
export class AuditInterceptor implements ToolInterceptor {
  /** By execution. */
  private readonly announced = new Map<string, AnnouncedCall>();

  constructor(private readonly audit: Audit) {}

  /** Notes the intent of a write. */
  announce(invocation: ToolInvocation): void {
    if (isRead(invocation)) return;
    this.announced.set(invocation.call.executionId, this.announcedOf(invocation));
    // It is then stored beside the execution, and not after it.
    if (!reachesGate(invocation)) this.audit.hurry();
  }

  /** An intent that was stored for a call that has not come to be run came to nothing. */
  retract(executionId: string): void {
    this.takeBack(executionId);
  }

  /** Keeps a call that does not come here. One that was announced has its intent already. */
  refused(refused: RefusedCall): void {
    const { error, call } = refused;
    if (!this.takeBack(call.executionId, error.code)) this.audit.refused(refused);
  }

  /** @returns whether there was something to take back */
  private takeBack(executionId: string, code?: ToolErrorCode): boolean {
    const left = this.announced.get(executionId);
    if (!left) return false;
    this.announced.delete(executionId);
    const end = { ...left.draft, decision: 'refused', outcome: 'refused', code } as const;
    this.audit.outcome(left.intent.id, end);
    return true;
  }

  async intercept(invocation: ToolInvocation, next: Next): Promise<ToolResult> {
    const { executionId } = invocation.call;
    if (isRead(invocation)) {
      const draft = this.audit.draftOf(invocation);
      return this.follow(draft, invocation, next, (end) => this.audit.called(end));
    }
    const { draft, intent } = this.announced.get(executionId) ?? this.announcedOf(invocation);
    this.announced.delete(executionId);
    if (!reachesGate(invocation)) {
      await this.audit.confirm(intent, { ...draft, decision: 'allowed' });
    }
    return this.follow(draft, invocation, next, (end) => this.audit.outcome(intent.id, end));
  }

  private announcedOf(invocation: ToolInvocation): AnnouncedCall {
    const draft = this.audit.draftOf(invocation);
    return { draft, intent: this.audit.announce({ ...draft, decision: 'allowed' }) };
  }

  private async follow(
    draft: CallDraft,
    invocation: ToolInvocation,
    next: Next,
    tell: (end: Omit<AuditDraft, 'kind'>) => void,
  ): Promise<ToolResult> {
    const startedAt = performance.now();
    let isTold = false;
    const end = (how: Pick<AuditDraft, 'outcome' | 'code'>, output = '') => {
      if (isTold) return;
      isTold = true;
      const durationMs = Math.round(performance.now() - startedAt);
      const decision = how.outcome === 'refused' ? 'refused' : 'allowed';
      const objects = callScope.getStore()?.changes;
      tell({
        ...draft,
        ...how,
        decision,
        objects: objects?.length ? objects : undefined,
        durationMs,
        bytes: Buffer.byteLength(output),
      });
    };
    const { call } = invocation;
    // What becomes of a wait after the changes is not theirs.
    const settled = () => {
      end({ outcome: 'done' });
      this.audit.hurry();
      call.settled();
    };
    try {
      const result = await next({ ...invocation, call: { ...call, settled } });
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
