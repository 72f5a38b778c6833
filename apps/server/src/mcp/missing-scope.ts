import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Policies } from '#access';
import { ExecutionRunner } from '#executions';
import { ToolError, ToolRegistry } from '#tools';
import { principalOf } from '../http/authentication.js';
import { callerOf } from '../http/caller.js';
import { asCall } from './call-exchange.js';
import { callRequestOf } from './wire/call-request.js';

/**
 * Finds calls whose access token lacks a scope. They are refused by HTTP, so that OAuth clients ask
 * their issuer for it (MCP 2025-11-25, Authorization, Scope Challenge Handling).
 */
@Injectable()
export class MissingScope {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly policies: Policies,
    private readonly runner: ExecutionRunner,
  ) {}

  /** Why a `tools/call` is refused. Undefined for all that another token would not help. */
  refusalOf(request: IncomingMessage, body: unknown): ToolError | undefined {
    const principal = principalOf(request);
    // Only tokens of an issuer can be had with more scopes.
    if (principal.bearer === undefined) return undefined;
    const call = asCall(body);
    const tool = call && this.registry.find(call.params.name);
    if (!tool) return undefined;
    try {
      this.policies.checkTool(principal, tool);
      return undefined;
    } catch (error) {
      if (!(error instanceof ToolError) || error.neededScope === undefined) return undefined;
      const caller = callerOf(request);
      const { id, params } = call;
      const source = { id, headers: request.headers };
      const origin = callRequestOf(params, { door: 'mcp' }, source);
      const who = { caller, principal, door: 'mcp', executionId: randomUUIDv7(), request: origin };
      this.runner.refuse(tool.name, params['arguments'], who, error);
      return error;
    }
  }
}
