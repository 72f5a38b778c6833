import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeLimitInterceptor } from './time-limit.interceptor.js';
import type { ToolError } from './tool.error.js';
import type { ToolInvocation } from './tool.interceptor.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A call of a tool with a limit of 30 s that never ends, on a lane of which so much has waited. */
function run(waitedMs: () => number, timeLimitSeconds?: number, settledAfterMs?: number) {
  const tool = {
    name: 'demo',
    annotations: { readOnlyHint: true, destructiveHint: false },
    timeLimitSeconds: () => 30,
    waitSeconds: () => 100,
    laneOf: () => ({
      name: 'far',
      isOnly: true,
      refusal: undefined,
      get waitedMs() {
        return waitedMs();
      },
    }),
  };
  const { signal: cancelled } = new AbortController();
  const call = { shared: {}, signal: cancelled, timeLimitSeconds, settled: () => {} };
  const invocation = { tool, input: {}, call } as unknown as ToolInvocation;
  const seen: { endedAt?: number; error?: ToolError } = {};
  const startedAt = Date.now();
  const never = ({ call: { signal, settled } }: ToolInvocation) => {
    if (settledAfterMs !== undefined) setTimeout(settled, settledAfterMs);
    return new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    );
  };
  new TimeLimitInterceptor().intercept(invocation, never).catch((error: ToolError) => {
    seen.error = error;
    seen.endedAt = Date.now() - startedAt;
  });
  return seen;
}

describe(TimeLimitInterceptor.name, () => {
  it("ends a call at its tool's limit", async () => {
    const seen = run(() => 5_000);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(seen).toMatchObject({ endedAt: 30_000, error: { code: 'timeout' } });
  });

  it('gives a call that is settled the time for which it waits, and then to answer', async () => {
    const seen = run(() => 0, undefined, 10_000);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(seen).toMatchObject({ endedAt: 140_000, error: { code: 'timeout' } });
    expect(seen.error?.message).toContain('limit of 140 s');
  });

  it('holds such a call to the limit of its caller', async () => {
    const seen = run(() => 0, 20, 10_000);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(seen.endedAt).toBe(20_000);
  });

  it('does not count the time in which calls wait for one another', async () => {
    const startedAt = Date.now();
    const seen = run(() => Math.min(Date.now() - startedAt, 20_000));
    await vi.advanceTimersByTimeAsync(49_000);
    expect(seen.error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen.endedAt).toBe(50_000);
  });

  it('counts it again after two minutes of that', async () => {
    const seen = run(() => Date.now());
    await vi.advanceTimersByTimeAsync(150_000);
    expect(seen.endedAt).toBe(150_000);
  });

  it("counts it against its caller's own limit", async () => {
    const seen = run(() => Date.now(), 10);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen.endedAt).toBe(10_000);
  });
});
