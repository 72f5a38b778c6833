import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Audit, Policies } from '#access';
import { Clusters } from '#cluster';
import { ExecutionWriter } from '#executions';
import { ToolRegistry, type RequirementScope } from '#tools';

/** Longer than a healthy API server takes, and shorter than a probe waits. */
const TIMEOUT_MS = 2_000;

/**
 * What the server can do now: for each context "ok" or what is wrong, and which tools lack
 * something.
 */
export interface ReadinessReport {
  status: 'ready' | 'degraded' | 'error' | 'stopping';
  contexts: Record<string, string>;
  /** What is missing on this machine or in a cluster, and the tools that need it. */
  missing: { reason: string; tools: string[] }[];
}

/** Asks each API server for its version, and each tool for what it lacks. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private isStopping = false;

  constructor(
    private readonly clusters: Clusters,
    private readonly registry: ToolRegistry,
    private readonly writer: ExecutionWriter,
    private readonly audit: Audit,
    private readonly policies: Policies,
  ) {}

  /** Runs before the wait for running calls, so that load balancers send no more requests. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }

  async report(): Promise<ReadinessReport> {
    if (this.isStopping) return { status: 'stopping', contexts: {}, missing: [] };
    const contexts = Object.fromEntries(
      await Promise.all(
        this.clusters.names.map(async (name) => [name, await this.stateOf(name)] as const),
      ),
    );
    const answers = Object.keys(contexts).filter((name) => contexts[name] === 'ok');
    const missing = [
      ...this.missingStore(),
      ...this.missingPolicy(),
      ...this.wrongFiles(),
      ...(await this.missing(answers)),
    ];
    const states = Object.values(contexts);
    if (answers.length === 0) return { status: 'error', contexts, missing };
    const isWhole = answers.length === states.length && missing.length === 0;
    return { status: isWhole ? 'ready' : 'degraded', contexts, missing };
  }

  private missingStore(): ReadinessReport['missing'] {
    const failures = [
      ['Executions', this.writer.failure],
      ['The audit', this.audit.failure],
    ] as const;
    return failures
      .filter(([, failure]) => failure !== undefined)
      .map(([what, failure]) => ({ reason: `${what} cannot be stored: ${failure}`, tools: [] }));
  }

  private missingPolicy(): ReadinessReport['missing'] {
    const { failure } = this.policies;
    if (failure === undefined) return [];
    return [{ reason: `The policy before it stays in force: ${failure}`, tools: [] }];
  }

  /** Files of kubeconfigs and credentials whose content before is in force. */
  private wrongFiles(): ReadinessReport['missing'] {
    return this.clusters.problems.map((reason) => ({ reason, tools: [] }));
  }

  private async stateOf(name: string): Promise<string> {
    try {
      const options = { timeoutMs: TIMEOUT_MS, isUrgent: true };
      await this.clusters.get(name).request('/version', options);
      return 'ok';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** @param contexts the contexts that answer. Only they can be asked what they lack. */
  private async missing(contexts: readonly string[]): Promise<ReadinessReport['missing']> {
    const toolsOf = new Map<string, string[]>();
    for (const tool of this.registry.list()) {
      const lacks = await Promise.all(
        tool.requirements.flatMap((requirement) => [
          requirement.missing(),
          ...contexts.map((context) =>
            requirement.missing(scopeOf(context)).catch(() => undefined),
          ),
        ]),
      );
      for (const reason of new Set(lacks.filter((lack) => lack !== undefined))) {
        toolsOf.set(reason, [...(toolsOf.get(reason) ?? []), tool.name]);
      }
    }
    return [...toolsOf].map(([reason, tools]) => ({ reason, tools }));
  }
}

function scopeOf(context: string): RequirementScope {
  return { shared: { context }, signal: AbortSignal.timeout(TIMEOUT_MS) };
}
