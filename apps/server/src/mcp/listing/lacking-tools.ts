import { Injectable } from '@nestjs/common';
import { orAfter } from '#base';
import { ToolRegistry, type ToolDefinition, type ToolRequirement } from '#tools';

/** Milliseconds between two looks at what tools need. */
export const LOOK_EVERY_MS = 10_000;

/** Milliseconds that a list waits for the first look. Later ones go on beside it. */
const FIRST_LOOK_MS = 500;

/** The tools that cannot run now, as what they need is missing everywhere. */
@Injectable()
export class LackingTools {
  private lacking: ReadonlySet<ToolRequirement> = new Set();
  private lookedAt: number | undefined;
  private looking: Promise<void> | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly registry: ToolRegistry) {}

  has({ requirements }: ToolDefinition): boolean {
    return requirements.some((requirement) => this.lacking.has(requirement));
  }

  /** Calls a function whenever other tools are lacking. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Looks again if the last look is long ago, and waits only where there was none. */
  async refresh(): Promise<void> {
    const { lookedAt } = this;
    if (lookedAt !== undefined && performance.now() - lookedAt < LOOK_EVERY_MS) return;
    const look = this.look();
    if (lookedAt === undefined) await orAfter(FIRST_LOOK_MS, look);
  }

  /** Finds out what is missing now. Looks at the same time are one. */
  look(): Promise<void> {
    this.looking ??= this.ask().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async ask(): Promise<void> {
    const requirements = new Set(this.registry.list().flatMap((tool) => tool.requirements));
    const before = this.lacking;
    const lacking = new Set<ToolRequirement>();
    const look = async (one: ToolRequirement) => {
      // What cannot be found out is not known to be missing.
      if (await one.missing().catch(() => undefined)) lacking.add(one);
    };
    await Promise.all([...requirements].map(look));
    this.lacking = lacking;
    this.lookedAt = performance.now();
    const isSame = before.size === lacking.size && [...lacking].every((one) => before.has(one));
    if (isSame) return;
    for (const listener of this.listeners) listener();
  }
}
