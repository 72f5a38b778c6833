import { isRecord, type ToolError, type ToolResult } from '#tools';
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
