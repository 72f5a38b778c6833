import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ToolError, ToolRegistry, type Principal, type ToolDefinition } from '#tools';
import { ANYBODY, authenticationConfig, LOOPBACK } from './authentication/index.js';
import type { AuthenticationConfig } from './authentication/index.js';
import {
  LivePolicy,
  POLICY_IN_FORCE,
  policyConfig,
  type Decision,
  type PolicyConfig,
  type PolicyEngine,
} from './policy/index.js';

/** The policy in force, as the doors and the gate ask it. */
@Injectable()
export class Policies implements OnModuleInit, OnApplicationShutdown {
  private live!: LivePolicy;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly registry: ToolRegistry,
    @Inject(policyConfig.KEY) private readonly policy: PolicyConfig,
    @Inject(authenticationConfig.KEY) private readonly authentication: AuthenticationConfig,
  ) {}

  /** @throws PolicyError for a policy that is wrong, which stops the start */
  async onModuleInit(): Promise<void> {
    POLICY_IN_FORCE.observe(() => [[this.failure === undefined ? 1 : 0]]);
    const local = this.authentication.isOff ? ANYBODY : LOOPBACK;
    this.live = await LivePolicy.open({
      source: this.policy.file,
      known: {
        tools: this.registry.list().map(({ name }) => name),
        categories: this.registry.categories().map(({ name }) => name),
      },
      localPrincipal: local.id,
      onReplaced: () => {
        for (const listener of this.listeners) listener();
      },
    });
  }

  onApplicationShutdown(): void {
    this.live?.close();
  }

  /** Why the policy file is not what is in force. Undefined if it is. */
  get failure(): string | undefined {
    return this.live.failure;
  }

  get engine(): PolicyEngine {
    return this.live.engine;
  }

  /** Calls a function whenever another policy has come into force. */
  onReplaced(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Whether a principal may see and call a tool. Without a principal, the server itself asks. */
  mayUse(principal: Principal | undefined, tool: ToolDefinition): boolean {
    return principal === undefined || this.decide(principal, tool).allowed;
  }

  /** @throws ToolError `forbidden`, naming the rule, for a tool that a principal may not use */
  checkTool(principal: Principal | undefined, tool: ToolDefinition): void {
    if (principal === undefined) return;
    const { allowed, reason, neededScope } = this.decide(principal, tool);
    if (!allowed) throw new ToolError('forbidden', reason, { neededScope });
  }

  private decide(principal: Principal, { name, category, effects }: ToolDefinition): Decision {
    return this.engine.decideTool(principal, { name, category, effects });
  }
}
