import { describe, expect, it } from 'vitest';
import { Metrics } from '#telemetry';
import { ToolError } from '#tools';
import { measured, watchContext } from './request-metrics.js';

async function shown(start: string): Promise<string[]> {
  const { text } = await new Metrics().show();
  return text.split('\n').filter((line) => line.startsWith(start));
}

describe(measured.name, () => {
  it('counts requests by verb, and by their status or why there is none', async () => {
    const failing = (error: Error) => measured(Promise.reject(error), 'far', { method: 'PATCH' });
    await measured(Promise.resolve({ status: 200 }), 'far', { verb: 'list' });
    await measured(Promise.resolve({ status: 404 }), 'far', {});
    await expect(failing(new ToolError('timeout', 'Late.'))).rejects.toThrow('Late.');
    await expect(failing(new Error('reset'))).rejects.toThrow('reset');
    const name = 'skyflo_cluster_request_duration_seconds_count';
    const lines = await shown(name);
    expect(lines.filter((line) => line.includes('"far"'))).toEqual([
      `${name}{verb="list",code="200",context="far"} 1`,
      `${name}{verb="get",code="404",context="far"} 1`,
      `${name}{verb="patch",code="timeout",context="far"} 1`,
      `${name}{verb="patch",code="error",context="far"} 1`,
    ]);
  });
});

describe(watchContext.name, () => {
  it('shows a context once, also while another client of it takes the place of the first', async () => {
    let refusal: ToolError | undefined;
    const up = 'skyflo_context_up{context="near"}';
    const first = watchContext('near', () => refusal);
    expect(await shown(up)).toEqual([`${up} 1`]);
    refusal = new ToolError('unavailable', 'It does not answer.');
    expect(await shown(up)).toEqual([`${up} 0`]);
    const second = watchContext('near', () => undefined);
    expect(await shown(up)).toEqual([`${up} 0`]);
    first();
    expect(await shown(up)).toEqual([`${up} 1`]);
    second();
    expect(await shown(up)).toEqual([]);
  });
});
