import {
  ToolError,
  type FieldError,
  type Progress,
  type ToolErrorCode,
  type ToolResult,
} from '#tools';

/**
 * How an execution stands. `interrupted`: its server ended before it did, and nobody knows how far
 * it came.
 */
export const EXECUTION_STATUSES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
] as const;

export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** One run of a tool, as it is remembered. Times are ISO 8601 in UTC. */
export interface Execution {
  id: string;
  tool: string;
  category: string;
  caller: string;
  status: ExecutionStatus;
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  /** The output, whole as far as it is kept; undefined while it runs, or where it is not kept. */
  output?: string;
  data?: unknown;
  error?: ExecutionError;
}

/** Why an execution failed. */
export interface ExecutionError {
  code: ToolErrorCode;
  message: string;
  retryable: boolean;
  errors?: FieldError[];
  /** Of an `interrupted` one: how its server, which had only been silent, said later it ended. */
  late?: LateEnd;
}

/** An end that came after another one. */
export interface LateEnd {
  status: ExecutionStatus;
  /** ISO 8601 in UTC. */
  at: string;
  /** Why it failed. */
  message: string | null;
}

/** What happens in an execution, in order; `seq` grows by one, from 1. */
export type ExecutionEvent =
  | { seq: number; type: 'progress'; data: Progress }
  | { seq: number; type: 'output'; data: { text: string } }
  | { seq: number; type: 'result'; execution: Execution };

/** How an execution ended. */
export type Outcome = { result: ToolResult } | { error: ToolError };

/** How it stands as long as something may still happen to it. */
export const UNFINISHED = ['queued', 'running'] as const satisfies ExecutionStatus[];

/** Whether nothing more will happen to it. */
export function isFinished({ status }: Pick<Execution, 'status'>): boolean {
  return !(UNFINISHED as readonly ExecutionStatus[]).includes(status);
}

/** The end of an execution as its caller would have got it; undefined while it has none. */
export function outcomeOf(execution: Execution): Outcome | undefined {
  if (!isFinished(execution)) return undefined;
  const { error, output = '', data } = execution;
  if (!error) return { result: { output, ...(data !== undefined && { data }) } };
  const { code, message, retryable, errors } = error;
  return {
    error: new ToolError(code, message, { retryable, errors, output: output || undefined }),
  };
}

/**
 * The status that an outcome leads to. @param wasCancelled whether somebody wanted it ended before
 */
export function statusOf(outcome: Outcome, wasCancelled: boolean): ExecutionStatus {
  if ('result' in outcome) return 'succeeded';
  return wasCancelled ? 'cancelled' : 'failed';
}
