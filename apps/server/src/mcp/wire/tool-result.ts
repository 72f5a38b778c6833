import { isRecord } from '#base';
import { type ToolError, type ToolResult } from '#tools';
import type { JsonRpcResult } from './json-rpc.js';

/**
 * A tool's answer as an MCP result: its text in one item.
 * @param withData adds `data` as `structuredContent`; anything but an object goes under the key
 * `data`, as MCP before 2026 allows only objects there
 */
export function successResult(
  { output, data }: ToolResult,
  executionId: string,
  withData: boolean,
): JsonRpcResult {
  return {
    content: [{ type: 'text', text: output }],
    ...(withData && data !== undefined && { structuredContent: isRecord(data) ? data : { data } }),
    isError: false,
    _meta: { 'skyflo/execution_id': executionId },
  };
}

/**
 * A tool's failure as an MCP result: the text is for the model, so it ends with what the tool had
 * produced before it failed.
 */
export function failureResult(
  { code, message, output }: ToolError,
  executionId: string,
): JsonRpcResult {
  const text = output ? `${message}\n\nOutput until then:\n${output}` : message;
  return {
    content: [{ type: 'text', text }],
    isError: true,
    _meta: { 'skyflo/execution_id': executionId, 'skyflo/code': code },
  };
}

/**
 * What a call that has ended is answered where its result cannot be sent.
 * @param refusal why not
 */
export function unsentResult({ _meta }: JsonRpcResult, refusal: ToolError): JsonRpcResult {
  const executionId = String(_meta?.['skyflo/execution_id']);
  const message = `${refusal.message} The call itself has ended: execution_status with execution_id ${executionId} tells how. Make it again only if it changes nothing.`;
  return failureResult(refusal.with({ code: 'failed', message }), executionId);
}
