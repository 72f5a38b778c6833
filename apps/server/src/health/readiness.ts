import { Injectable } from '@nestjs/common';
import { Clusters } from '#cluster';
import { ToolRegistry } from '#tools';

/** Longer than a healthy API server ever takes, shorter than a probe waits. */
const TIMEOUT_MS = 2_000;

/** What the server can do now: for each context "ok" or what is wrong, and which tools lack something. */
export interface ReadinessReport {
  status: 'ready' | 'degraded' | 'error';
  contexts: Record<string, string>;
  /** What is missing on this machine, and the tools that need it. */
  missing: { reason: string; tools: string[] }[];
}

/** Asks each API server for its version, and each tool for what it lacks. */
@Injectable()
export class Readiness {
  constructor(
    private readonly clusters: Clusters,
    private readonly registry: ToolRegistry,
  ) {}

  async report(): Promise<ReadinessReport> {
    const contexts = Object.fromEntries(
      await Promise.all(
        this.clusters.names.map(async (name) => [name, await this.stateOf(name)] as const),
      ),
    );
    const missing = this.missing();
    const states = Object.values(contexts);
    const answering = states.filter((state) => state === 'ok').length;
    if (answering === 0) return { status: 'error', contexts, missing };
    const isWhole = answering === states.length && missing.length === 0;
    return { status: isWhole ? 'ready' : 'degraded', contexts, missing };
  }

  private async stateOf(name: string): Promise<string> {
    try {
      await this.clusters.get(name).request('/version', { timeoutMs: TIMEOUT_MS });
      return 'ok';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private missing(): ReadinessReport['missing'] {
    const toolsOf = new Map<string, string[]>();
    for (const tool of this.registry.list()) {
      for (const requirement of tool.requirements) {
        const reason = requirement.missing();
        if (reason) toolsOf.set(reason, [...(toolsOf.get(reason) ?? []), tool.name]);
      }
    }
    return [...toolsOf].map(([reason, tools]) => ({ reason, tools }));
  }
}
