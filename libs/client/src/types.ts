import type { components, operations } from './generated/schemas.js';

type Schemas = components['schemas'];

/** One run of a tool, as the server shows it. */
export type Execution = Schemas['Execution'];
/** The status of a run. The last four are ends. */
export type ExecutionStatus = Execution['status'];
/** A tool, as the server lists it. */
export type Tool = Schemas['Tool'];
/** What is wrong with one parameter, and what would be right. */
export type FieldError = Schemas['FieldError'];
/** The kinds of failure that the server tells. */
export type ErrorCode = Schemas['ErrorCode'];
/** A failure as the server tells it (RFC 9457). */
export type Problem = Schemas['Problem'];

/** The tools of a server, with the parameters of each. */
export type ToolMap = object;
/** Tools of which nothing is known. */
export type AnyTools = Record<string, Record<string, unknown>>;
/** The tools of the server of this version. */
export type Tools = Schemas['Tools'];

/** The name of a tool. */
export type ToolName<M extends ToolMap = Tools> = keyof M & string;

/**
 * The parameters of a tool. A server with several clusters takes `context` with each tool that
 * talks to one of them.
 */
export type ToolParameters<
  T extends ToolName<M>,
  M extends ToolMap = Tools,
> = string extends keyof M
  ? M[T]
  : M[T] extends Record<string, never>
    ? M[T]
    : M[T] & { context?: string };

/** Which executions to list. An execution must match all filters. */
export type ExecutionFilter = Omit<
  NonNullable<operations['list_executions']['parameters']['query']>,
  'limit' | 'after'
>;

/** Which tools to list. A tool must match all filters. */
export interface ToolFilter {
  category?: string | undefined;
  tag?: string | undefined;
  /** true: only tools that change nothing. false: only tools that may change something. */
  readOnly?: boolean | undefined;
  /** Text in the name, the title or the description. */
  q?: string | undefined;
}

/** What a tool that succeeded has answered. */
export interface ToolAnswer {
  /** The output as text. */
  result: string;
  /** The output as structured data: if `data` was asked for, and the tool has it. */
  data?: unknown;
  executionId: string;
}

/** An event of a run. The last one is `result`: the run, which has ended. */
export type RunEvent =
  | { type: 'progress'; id: number; data: Schemas['ExecutionProgress'] }
  | { type: 'output'; id: number; data: Schemas['ExecutionOutput'] }
  | { type: 'result'; id: number; data: Execution };
