import { Injectable } from '@nestjs/common';
import { InterceptsTools, type ToolInterceptor, type ToolInvocation } from './tool.interceptor.js';
import { ToolError } from './tool.error.js';
import type { ToolResult } from './tool.js';

/** The most milliseconds that waiting for other calls may add to the limit of a tool. */
const MAX_WAITING_MS = 120_000;

/**
 * Ends each call at the limit of its tool, or at the limit of its caller if that is shorter. The
 * time in which calls on its lane wait for one another does not count against the tool's limit.
 */
@Injectable()
@InterceptsTools({ stage: 'limit' })
export class TimeLimitInterceptor implements ToolInterceptor {
  async intercept(
    { tool, input, call }: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const own = tool.timeLimitSeconds(input);
    const seconds = Math.min(own, call.timeLimitSeconds ?? Infinity);
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
    call.signal.addEventListener('abort', forward, { once: true });
    if (call.signal.aborted) forward();
    try {
      return await next({ tool, input, call: { ...call, signal: limited.signal } });
    } finally {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', forward);
    }
  }
}
