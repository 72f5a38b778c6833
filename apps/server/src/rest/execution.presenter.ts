import type { Execution, ExecutionEvent, ExecutionStatus } from '#executions';
import type { FieldError, ToolErrorCode } from '#tools';

/** An execution as REST shows it. Times are ISO 8601 in UTC. */
export interface ExecutionView {
  id: string;
  tool: string;
  category: string;
  status: ExecutionStatus;
  created_at: string;
  started_at?: string;
  finished_at?: string;
  /** The output. For a failed execution: the output before the failure. */
  result?: string;
  data?: unknown;
  error?: { code: ToolErrorCode; detail: string; retryable: boolean; errors?: FieldError[] };
}

/** An event as the stream shows it. */
export interface EventView {
  id: number;
  event: ExecutionEvent['type'];
  data: object;
}

/** Shows an execution as REST answers it. */
export function presentExecution(execution: Execution): ExecutionView {
  const { id, tool, category, status, createdAt, startedAt, finishedAt, output, data, error } =
    execution;
  return {
    id,
    tool,
    category,
    status,
    created_at: createdAt,
    started_at: startedAt,
    finished_at: finishedAt,
    result: output,
    data,
    error: error && {
      code: error.code,
      detail: error.message,
      retryable: error.retryable,
      errors: error.errors,
    },
  };
}

/** Shows an event. The last event, `result`, holds the ended execution. */
export function presentEvent(event: ExecutionEvent): EventView {
  const { seq: id, type } = event;
  if (event.type !== 'result') return { id, event: type, data: event.data };
  return { id, event: type, data: presentExecution(event.execution) };
}

/** The path of an execution. */
export function pathOf(id: string): string {
  return `/engine/v1/executions/${id}`;
}
