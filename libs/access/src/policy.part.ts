import { Injectable } from '@nestjs/common';
import { PartOfGate, type GateCall, type GatePart, type GateRequest } from '#cluster';
import { ToolError, ToolRegistry, type Principal } from '#tools';
import { Policies } from './policies.js';
import { needsObject, type Decision, type RequestFacts, type ToolFacts } from './policy/index.js';

/**
 * Decides at the gate on what is really asked of an API server, whichever tool, program or chart
 * asks it. Requests of the server itself, such as discovery, bring a caller nothing by themselves.
 */
@Injectable()
@PartOfGate({ stage: 'policy' })
export class PolicyPart implements GatePart {
  constructor(
    private readonly policies: Policies,
    private readonly registry: ToolRegistry,
  ) {}

  /** @throws ToolError `forbidden`, naming the rule; what the API server says to a dry run */
  decide(request: GateRequest): void | Promise<void> {
    const { call } = request;
    if (!call) return undefined;
    const { principal } = call;
    if (!principal) throw new ToolError('forbidden', 'It is not known who calls.');
    const tool = this.factsOf(call);
    check(this.policies.engine.decideRequest(principal, tool, request));
    // A server-side apply creates what is not there, which the request does not tell.
    if (request.isApply && !request.isDryRun) {
      const creating: RequestFacts = { ...request, verb: 'create', effect: 'create' };
      check(this.policies.engine.decideRequest(principal, tool, creating));
    }
    if (needsObject(request) && !this.mayEscalate(principal, tool, request)) {
      return this.decideByObject(principal, tool, request);
    }
    return undefined;
  }

  /** Whether it need not be asked what would come of a request. */
  private mayEscalate(principal: Principal, tool: ToolFacts, request: GateRequest): boolean {
    const escalating: RequestFacts = { ...request, effect: 'escalate' };
    return this.policies.engine.decideRequest(principal, tool, escalating).allowed;
  }

  private async decideByObject(
    principal: Principal,
    tool: ToolFacts,
    request: GateRequest,
  ): Promise<void> {
    const object = await request.rehearse();
    check(this.policies.engine.decideRequest(principal, tool, request, object));
  }

  private factsOf({ tool }: GateCall): ToolFacts {
    const { name, category, effects } = this.registry.get(tool);
    return { name, category, effects };
  }
}

function check({ allowed, reason, neededScope }: Decision): void {
  if (!allowed) throw new ToolError('forbidden', reason, { neededScope });
}
