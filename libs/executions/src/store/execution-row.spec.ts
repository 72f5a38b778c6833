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
  it('tells numbers apart that a double does not', () => {
    const call = (replicas: bigint) =>
      ({ tool: { name: 'k8s_scale' }, input: { replicas }, shared: {} }) as never;
    expect(hashOf(call(MAX))).not.toBe(hashOf(call(MAX - 1n)));
    expect(hashOf(call(MAX))).toBe(hashOf(call(MAX)));
  });
});
