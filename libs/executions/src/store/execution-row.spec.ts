import { describe, expect, it } from 'vitest';
import { endOf, executionOf, hashOf, rowOf } from './execution-row.js';
import { LiveExecution } from '../live-execution.js';

const LIMITS = { answerChars: 100, errorChars: 100, keptChars: 1_000 };
const MAX = 9223372036854775807n;

describe(executionOf.name, () => {
  it('has every digit of the numbers that its data had', () => {
    const live = new LiveExecution('argo_status', 'argo', 'caller', LIMITS, { isKept: true });
    const data = { available: MAX, items: [9007199254740993n, 9007199254740991, 1.5] };
    const row = {
      ...rowOf(live, 'replica'),
      ...endOf(live, { result: { output: '', data } }),
    };
    expect(row.data).toBe(
      '{"available":9223372036854775807,"items":[9007199254740993,9007199254740991,1.5]}',
    );
    expect(executionOf(row).data).toEqual(data);
  });
});

describe(hashOf.name, () => {
  const hash = (input: object, defaults: Record<string, unknown> = {}) => {
    const properties = Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, { default: value }]),
    );
    const tool = { name: 'k8s_scale', inputSchema: { properties } };
    return hashOf({ tool, input, shared: {} } as never);
  };

  it('tells numbers apart that a double does not', () => {
    expect(hash({ replicas: MAX })).not.toBe(hash({ replicas: MAX - 1n }));
    expect(hash({ replicas: MAX })).toBe(hash({ replicas: MAX }));
  });

  it('stays the same when a tool gets a parameter that the call leaves out', () => {
    const call = hash({ replicas: 2 });
    expect(hash({ replicas: 2, wait_seconds: 0 }, { wait_seconds: 0 })).toBe(call);
    expect(hash({ replicas: 2, selector: undefined })).toBe(call);
    expect(hash({ replicas: 2, wait_seconds: 5 }, { wait_seconds: 0 })).not.toBe(call);
  });
});
