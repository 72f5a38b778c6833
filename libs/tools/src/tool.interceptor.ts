import { DiscoveryService } from '@nestjs/core';
import type { ToolCall, ToolDefinition, ToolResult } from './tool.js';

/** The stages of a call, outermost first. A stage sees the result of those after it. */
export const TOOL_STAGES = ['scope', 'access', 'audit', 'redaction', 'limit', 'warnings'] as const;

export type ToolStage = (typeof TOOL_STAGES)[number];

/** One validated call on its way to the tool. */
export interface ToolInvocation {
  tool: ToolDefinition;
  input: object;
  call: ToolCall;
}

/**
 * A step around every call; it may refuse the call, change what the next step sees, or change the
 * result.
 */
export interface ToolInterceptor {
  intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult>;
}

/** Marks an injectable class that implements `ToolInterceptor`, and gives its stage. */
export const InterceptsTools = DiscoveryService.createDecorator<{ stage: ToolStage }>();
