import { Injectable } from '@nestjs/common';
import { InterceptsTools, type ToolInterceptor, type ToolInvocation } from './tool.interceptor.js';
import { ToolError } from './tool.error.js';
import { ANSWER_SECONDS } from './answer-seconds.js';
import type { ToolResult } from './tool.js';

/** The most milliseconds that waiting for other calls may add to the limit of a tool. */
const MAX_WAITING_MS = 120_000;

/**
 * Ends each call at the limit of its tool, or at the limit of its caller if that is shorter. The
 * time in which calls on its lane wait for one another does not count against the tool's limit. A
 * call that is settled has the time that it lets pass as its limit from then on.
 */
@Injectable()
@InterceptsTools({ stage: 'limit' })
export class TimeLimitInterceptor implements ToolInterceptor {
  async intercept(
    { tool, input, call }: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const startedAt = performance.now();
    const own = tool.timeLimitSeconds(input);
    let seconds = Math.min(own, call.timeLimitSeconds ?? Infinity);
    const lane = seconds === own ? tool.laneOf(call.shared) : undefined;
    const waitedBefore = lane?.waitedMs ?? 0;
    const limited = new AbortController();
    const forward = () => limited.abort(call.signal.reason);
    let givenMs = 0;
    const expire = () => {
      const waitedMs = Math.min((lane?.waitedMs ?? 0) - waitedBefore, MAX_WAITING_MS);
      if (waitedMs > givenMs) {
        timer = setTimeout(expire, waitedMs - givenMs);
        givenMs = waitedMs;
        return;
      }
      limited.abort(
        new ToolError('timeout', `${tool.name} did not end within its limit of ${seconds} s.`, {
          retryable: tool.annotations.readOnlyHint,
        }),
      );
    };
    let timer = setTimeout(expire, seconds * 1000);
    const settled = () => {
      clearTimeout(timer);
      const passed = (performance.now() - startedAt) / 1_000;
      const wait = tool.waitSeconds(call.shared) + ANSWER_SECONDS;
      const left = Math.min(wait, (call.timeLimitSeconds ?? Infinity) - passed);
      seconds = Math.round(passed + left);
      timer = setTimeout(expire, left * 1_000);
      call.settled();
    };
    call.signal.addEventListener('abort', forward, { once: true });
    if (call.signal.aborted) forward();
    try {
      return await next({ tool, input, call: { ...call, signal: limited.signal, settled } });
    } finally {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', forward);
    }
  }
}
