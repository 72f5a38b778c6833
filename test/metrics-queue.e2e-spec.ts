import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MetricText } from './support/metric-text.js';
import { onThisMachine, useExecutions, useTargets } from './support/use-executions.js';

const EXEC = 'k8s_exec';
const LASTING = onThisMachine('sleep 60', { timeout_seconds: 30 });

describe('a server whose places are taken', () => {
  const targets = useTargets();
  // One of the three places is for other clusters.
  const env = () => ({
    MAX_RUNNING: '3',
    MAX_QUEUED_PER_CALLER: '3',
    CALLER_SHARE_PERCENT: '100',
  });
  const { api, server } = useExecutions({ targets, env });

  it('shows how many calls work and wait, and counts those that are turned away', async () => {
    const ids = [];
    for (let index = 0; index < 5; index++) ids.push(await api.start(EXEC, LASTING));
    expect((await api.run(EXEC, LASTING)).status).toBe(429);
    const full = await MetricText.of(server.url);
    const k8s = { category: 'k8s' };
    expect([
      full.sum('skyflo_executions_running', k8s),
      full.sum('skyflo_executions_waiting', k8s),
      full.sum('skyflo_executions_waiting'),
      full.sum('skyflo_executions_idle'),
    ]).toEqual([2, 3, 3, 0]);
    const busy = { gen_ai_tool_name: EXEC, door: 'rest', outcome: 'busy' };
    expect(full.sum('skyflo_tool_call_duration_seconds_count', busy)).toBe(1);
    for (const id of ids.toReversed()) await api.cancel(id);
    for (const id of ids) expect((await api.finished(id)).status).toBe('cancelled');
    // Scrapes of the same second get the same text.
    await sleep(1_100);
    const empty = await MetricText.of(server.url);
    expect(empty.sum('skyflo_executions_running')).toBe(0);
    expect(empty.sum('skyflo_executions_waiting')).toBe(0);
    const cancelled = { ...busy, outcome: 'cancelled' };
    expect(empty.sum('skyflo_tool_call_duration_seconds_count', cancelled)).toBe(5);
    const exec = { decision: 'allowed', effect: 'exec' };
    expect(empty.sum('skyflo_gate_decisions_total', exec)).toBe(2);
  });
});
