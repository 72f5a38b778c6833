/** How each failure is named, and whether the same call may simply be tried again. */
const RETRYABLE = {
  invalid_input: false,
  unauthenticated: false,
  forbidden: false,
  approval_required: false,
  not_found: false,
  conflict: false,
  precondition: false,
  busy: true,
  cancelled: false,
  failed: false,
  upstream: false,
  unavailable: true,
  timeout: false,
  internal: false,
} as const;

export type ToolErrorCode = keyof typeof RETRYABLE;

/** Every code, in the order of the documentation. */
export const TOOL_ERROR_CODES = Object.keys(RETRYABLE) as ToolErrorCode[];

/** What is wrong with one parameter, and what would be right. */
export interface FieldError {
  field: string;
  message: string;
  accepts?: string;
}

export interface ToolErrorOptions {
  /** The failure that this one was made from. */
  cause?: unknown;
  /** Overrides what the code says, e.g. for the timeout of a read. */
  retryable?: boolean;
  /** For `invalid_input`: one entry a parameter. */
  errors?: FieldError[];
  /** What the tool had produced before it failed. */
  output?: string;
  /** For `busy`: when to come back. */
  retryAfterSeconds?: number;
}

/**
 * A failure that the caller can act on: the code says what kind it is, the message names the target and the way on.
 * Any other error that leaves a tool is a bug of ours and is answered as `internal`.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly retryable: boolean;
  readonly errors: FieldError[] | undefined;
  readonly output: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ToolErrorCode,
    message: string,
    options: ToolErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable ?? RETRYABLE[code];
    this.errors = options.errors;
    this.output = options.output;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
  /** The same failure, with the output that the tool had produced before it. */
  withOutput(output: string): ToolError {
    const { code, message, cause, retryable, errors, retryAfterSeconds } = this;
    return new ToolError(code, message, { cause, retryable, errors, retryAfterSeconds, output });
  }
}

/**
 * The refusal of one parameter by a rule that its field alone cannot check.
 * @param message what is wrong, to be read after the parameter's name
 */
export function invalidField(
  field: string,
  message: string,
  { accepts, cause }: { accepts?: string; cause?: unknown } = {},
): ToolError {
  return new ToolError('invalid_input', `"${field}" ${message}.`, {
    cause,
    errors: [{ field, message, ...(accepts !== undefined && { accepts }) }],
  });
}
