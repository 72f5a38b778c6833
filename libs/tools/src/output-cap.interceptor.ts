import { Injectable } from '@nestjs/common';
import { InterceptsTools, type ToolInterceptor, type ToolInvocation } from './tool.interceptor.js';
import { ToolError } from './tool.error.js';
import type { ToolResult } from './tool.js';

/** Cuts an answer that is longer than a caller can take, at a line's end, and says so. */
@Injectable()
@InterceptsTools({ stage: 'cap' })
export class OutputCapInterceptor implements ToolInterceptor {
  async intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const { maxOutputChars } = invocation.call;
    try {
      const result = await next(invocation);
      if (result.output.length <= maxOutputChars) return result;
      return { output: cut(result.output, maxOutputChars) };
    } catch (error) {
      if (!(error instanceof ToolError) || (error.output?.length ?? 0) <= maxOutputChars)
        throw error;
      throw error.withOutput(cut(error.output ?? '', maxOutputChars));
    }
  }
}

function cut(output: string, maxChars: number): string {
  const lineEnd = output.lastIndexOf('\n', maxChars);
  // A pair of UTF-16 units is one character: never end between them.
  const inPair = /[\uD800-\uDBFF]/.test(output.charAt(maxChars - 1));
  const end = lineEnd > maxChars / 2 ? lineEnd : inPair ? maxChars - 1 : maxChars;
  return `${output.slice(0, end)}\n[The output was cut after ${end} characters. Narrow the call to see the rest.]`;
}
