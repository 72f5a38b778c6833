import { DiscoveryService } from '@nestjs/core';
import type { ToolError } from './tool.error.js';
import type { ToolCall, ToolDefinition, ToolResult } from './tool.js';

/** The stages of a call, outermost first. A stage sees the result of those after it. */
export const TOOL_STAGES = [
  'metrics',
  'scope',
  'access',
  'audit',
  'redaction',
  'limit',
  'warnings',
] as const;

export type ToolStage = (typeof TOOL_STAGES)[number];

/** One validated call on its way to the tool. */
export interface ToolInvocation {
  tool: ToolDefinition;
  input: object;
  call: ToolCall;
}

/** A call that was refused before it came to the interceptors. */
export interface RefusedCall {
  /** The tool as the caller has named it. */
  name: string;
  /** Undefined where no tool has that name. */
  tool: ToolDefinition | undefined;
  /** The parameters, as the caller sent them or as they were read. */
  args: unknown;
  error: ToolError;
  call: Pick<ToolCall, 'executionId' | 'caller' | 'principal' | 'door'>;
}

/**
 * A step around every call; it may refuse the call, change what the next step sees, or change the
 * result.
 */
export interface ToolInterceptor {
  /**
   * Told of a write while it is being stored, which it waits for anyway: it may begin what the call
   * would else wait for later. Called in the order of the stages.
   * @throws ToolError for a call that it will refuse; the stages after it are not told then
   */
  announce?(invocation: ToolInvocation): void;
  /** Told of the end of a call that was announced, whether or not it has come to be run. */
  retract?(executionId: string): void;
  /** Told of a call that `intercept` will not see, such as one of an unknown tool. */
  refused?(refused: RefusedCall): void;
  intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult>;
}

/** Marks an injectable class that implements `ToolInterceptor`, and gives its stage. */
export const InterceptsTools = DiscoveryService.createDecorator<{ stage: ToolStage }>();
