import { Injectable } from '@nestjs/common';
import { InterceptsTools, type ToolInterceptor, type ToolInvocation } from './tool.interceptor.js';
import { ToolError } from './tool.error.js';
import type { ToolResult } from './tool.js';

/** Ends each call at the limit of its tool, or at its caller's where that is sooner. */
@Injectable()
@InterceptsTools({ stage: 'limit' })
export class TimeLimitInterceptor implements ToolInterceptor {
  async intercept(
    { tool, input, call }: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const seconds = Math.min(tool.timeLimitSeconds(input), call.timeLimitSeconds ?? Infinity);
    const limited = new AbortController();
    const forward = () => limited.abort(call.signal.reason);
    const expire = () =>
      limited.abort(
        new ToolError('timeout', `${tool.name} did not end within its limit of ${seconds} s.`, {
          retryable: tool.annotations.readOnlyHint,
        }),
      );
    const timer = setTimeout(expire, seconds * 1000);
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
