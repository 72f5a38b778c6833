import { ToolError } from '#tools';

/**
 * The answer to a credential that is not taken. It is the same for every reason, as the reason
 * helps those who guess. The reason is the cause of the error, for the log.
 */
export function refused(reason: string, cause?: unknown): ToolError {
  return new ToolError(
    'unauthenticated',
    'The credential is not valid here, or has expired. Get a new one and try again.',
    { cause: new Error(reason, { cause }) },
  );
}
