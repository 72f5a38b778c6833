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

/** A tool's failure as an MCP result. Its text ends with the output before the failure. */
export function failureResult(
  { code, message, output }: ToolError,
  executionId: string,
): JsonRpcResult {
  const text = output ? `${message}\n\nOutput before the failure:\n${output}` : message;
  return {
    content: [{ type: 'text', text }],
    isError: true,
    _meta: { 'skyflo/execution_id': executionId, 'skyflo/code': code },
  };
}

/**
 * The answer for a call that has ended but whose result cannot be sent.
 * @param refusal the reason
 */
export function unsentResult({ _meta }: JsonRpcResult, refusal: ToolError): JsonRpcResult {
  const executionId = String(_meta?.['skyflo/execution_id']);
  const message = `${refusal.message} The call itself has ended. execution_status with execution_id ${executionId} shows its result. Repeat the call only if it changes nothing.`;
  return failureResult(refusal.with({ code: 'failed', message }), executionId);
}
