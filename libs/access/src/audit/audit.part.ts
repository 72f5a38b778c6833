import { Injectable } from '@nestjs/common';
import {
  isWrite,
  PartOfGate,
  type GateCall,
  type GateOutcome,
  type GatePart,
  type GateRequest,
} from '#cluster';
import { ToolError } from '#tools';
import type { AuditDraft, EntryId } from './audit-entry.js';
import { Audit } from './audit.service.js';
import type { RequestDraft } from './request-draft.js';

/** What is known of a write from before it is sent. */
interface Announced {
  draft: RequestDraft;
  startedAt: number;
  /** Undefined until it is stored. */
  intent: EntryId | undefined;
}

/**
 * Keeps each write of a call that is sent to an API server, whoever sends it: the tool itself,
 * `kubectl` or Helm. Nothing is sent before its intent is stored.
 */
@Injectable()
@PartOfGate({ stage: 'audit' })
export class AuditPart implements GatePart {
  private readonly announced = new WeakMap<GateRequest, Announced>();

  constructor(private readonly audit: Audit) {}

  /** @throws ToolError `unavailable` for a write whose intent cannot be stored */
  before(request: GateRequest): Promise<void> | undefined {
    const { call } = request;
    return call && isWrite(request) ? this.announce(request, call) : undefined;
  }

  private async announce(request: GateRequest, call: GateCall): Promise<void> {
    const draft = this.audit.requestDraftOf(request, call);
    const announced: Announced = { draft, startedAt: performance.now(), intent: undefined };
    this.announced.set(request, announced);
    const intent = this.audit.announce({ ...draft, decision: 'allowed' });
    await this.audit.confirm(intent, { ...draft, decision: 'allowed' });
    announced.intent = intent.id;
  }

  after(request: GateRequest, outcome: GateOutcome): void {
    const announced = this.announced.get(request);
    if (!announced) return this.refused(request, outcome);
    const { draft, startedAt, intent } = announced;
    // What could not be stored has said so itself.
    if (!intent) return;
    const durationMs = Math.round(performance.now() - startedAt);
    const { status } = outcome;
    const end = { outcome: outcomeOf(outcome), code: codeOf(outcome), status, durationMs };
    const objects = draft.objects?.map(({ body: _, ...object }) => object);
    this.audit.outcome(intent, { ...draft, ...end, objects, decision: 'allowed' });
  }

  /** Of reads, only those that a rule has refused are of interest. */
  private refused(request: GateRequest, { state, error }: GateOutcome): void {
    const { call } = request;
    if (!call || state !== 'refused' || !(error instanceof ToolError)) return;
    const { code, message } = error;
    const isByRule = code === 'forbidden';
    if (!isByRule && !isWrite(request)) return;
    const rule = isByRule ? message : undefined;
    const end = { outcome: 'refused', code, rule, decision: 'refused' } as const;
    this.audit.requestRefused({ ...this.audit.requestDraftOf(request, call), ...end });
  }
}

function outcomeOf({ state, status, error }: GateOutcome): AuditDraft['outcome'] {
  if (state !== 'failed') return state;
  const isRefused = status === 401 || status === 403 || codeOf({ state, error }) === 'forbidden';
  return isRefused ? 'refused' : 'failed';
}

function codeOf({ error }: GateOutcome): AuditDraft['code'] {
  return error instanceof ToolError ? error.code : undefined;
}
