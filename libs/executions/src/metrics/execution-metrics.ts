import { Injectable } from '@nestjs/common';
import { gauge } from '#telemetry';
import { ToolRegistry } from '#tools';
import type { LiveExecution } from '../live-execution.js';

const UNIT = '{execution}';
const LABELS = ['category'] as const;

const GAUGES = {
  running: gauge({
    name: 'skyflo.executions.running',
    description: 'Calls that work at the moment.',
    unit: UNIT,
    labels: LABELS,
  }),
  waiting: gauge({
    name: 'skyflo.executions.waiting',
    description: 'Calls that wait for their turn.',
    unit: UNIT,
    labels: LABELS,
  }),
  idle: gauge({
    name: 'skyflo.executions.idle',
    description: 'Calls that only let time pass. They take no place from those that work.',
    unit: UNIT,
    labels: LABELS,
  }),
};

type Phase = keyof typeof GAUGES;

/** Counts the executions of this server when somebody asks. */
@Injectable()
export class ExecutionMetrics {
  constructor(private readonly registry: ToolRegistry) {}

  /** @param executions those that have not ended */
  watch(executions: ReadonlyMap<string, LiveExecution>): void {
    for (const phase of Object.keys(GAUGES) as Phase[]) {
      GAUGES[phase].observe(() => this.count(executions, phase));
    }
  }

  /** All categories, also those with nothing: who scales by them needs a zero. */
  private count(executions: ReadonlyMap<string, LiveExecution>, phase: Phase): [number, string][] {
    const counts = new Map(this.registry.categories().map(({ name }) => [name, 0]));
    for (const execution of executions.values()) {
      if (phaseOf(execution) !== phase) continue;
      counts.set(execution.category, (counts.get(execution.category) ?? 0) + 1);
    }
    return [...counts].map(([category, count]) => [count, category]);
  }
}

function phaseOf({ startedAt, isIdle }: LiveExecution): Phase {
  if (startedAt === undefined) return 'waiting';
  return isIdle ? 'idle' : 'running';
}
