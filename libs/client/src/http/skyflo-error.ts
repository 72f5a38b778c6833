import type { ErrorCode, Execution, FieldError, Problem } from '../types.js';

/** The codes of the server, and `no_answer`: none of its answers has come. */
export type FailureCode = ErrorCode | 'no_answer';

/** The facts of a failure. */
export interface Failure {
  code: FailureCode;
  detail: string;
  retryable: boolean;
  status?: number | undefined;
  retryAfterSeconds?: number | undefined;
  errors?: readonly FieldError[] | undefined;
  output?: string | undefined;
  executionId?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** A call that failed. Its message says what is wrong, and what to do next. */
export class SkyfloError extends Error {
  override readonly name: string = 'SkyfloError';
  /** What kind of failure it is. */
  readonly code: FailureCode;
  /** The HTTP status. Undefined if there is no answer, or an execution failed that was followed. */
  readonly status: number | undefined;
  /** Whether the same call may succeed later and is safe to repeat. */
  readonly retryable: boolean;
  /** When to come back, if the server says so. */
  readonly retryAfterSeconds: number | undefined;
  /** One entry for each wrong parameter. */
  readonly errors: readonly FieldError[];
  /** What the tool had produced before it failed. */
  readonly output: string | undefined;
  /** The run. The log of the server has it too. */
  readonly executionId: string | undefined;
  /**
   * The key of a call without an answer: the same call with it gets the answer, and is run once.
   */
  readonly idempotencyKey: string | undefined;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.detail, options);
    this.code = failure.code;
    this.status = failure.status;
    this.retryable = failure.retryable;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.errors = failure.errors ?? [];
    this.output = failure.output;
    this.executionId = failure.executionId;
    this.idempotencyKey = failure.idempotencyKey;
  }
}

/** The failure that a problem document tells. */
export function errorOfProblem(problem: Problem, headers: Headers): SkyfloError {
  const { execution_id: executionId, ...facts } = problem;
  return new SkyfloError({ ...facts, executionId, retryAfterSeconds: retryAfterOf(headers) });
}

/** The failure of a run that has ended in another way than with an answer. */
export function errorOfExecution({ id, status, result, error }: Execution): SkyfloError {
  const {
    code = 'internal',
    detail = `The run ${id} is ${status}.`,
    retryable = false,
    errors,
  } = error ?? {};
  return new SkyfloError({ code, detail, retryable, errors, output: result, executionId: id });
}

/** The seconds of a `Retry-After` header. A date is not read. */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
