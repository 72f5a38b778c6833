/** The code of each failure, and whether the same call may be tried again as it is. */
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
  /** For `forbidden`: the scope that the token lacks, if only that is in the way. */
  neededScope?: string | undefined;
  /** Whether a change was sent and its outcome is unknown. Trying again may make it twice. */
  isOutcomeUnknown?: boolean;
}

/**
 * A failure that the caller can act on: the code says what kind it is, the message names the target
 * and says what to do next. Any other error that leaves a tool is a bug of ours and is answered as
 * `internal`.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly retryable: boolean;
  readonly errors: FieldError[] | undefined;
  readonly output: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly neededScope: string | undefined;
  readonly isOutcomeUnknown: boolean;

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
    this.neededScope = options.neededScope;
    this.isOutcomeUnknown = options.isOutcomeUnknown ?? false;
  }

  /**
   * A copy of this failure with some parts replaced. A new code sets `retryable` too, unless that
   * is given.
   */
  with({
    code = this.code,
    message = this.message,
    ...options
  }: ToolErrorOptions & { code?: ToolErrorCode; message?: string }): ToolError {
    const { cause, errors, output, retryAfterSeconds, neededScope, isOutcomeUnknown } = this;
    const retryable = code === this.code ? this.retryable : undefined;
    const own = {
      cause,
      retryable,
      errors,
      output,
      retryAfterSeconds,
      neededScope,
      isOutcomeUnknown,
    };
    return new ToolError(code, message, { ...own, ...options });
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
