import { describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { writeError } from './write-error.js';

/** A failure with every field, made from a Status with a message. */
function failure(message: string): ToolError {
  return new ToolError('upstream', message, {
    cause: { kind: 'Status', code: 500, message },
    errors: [{ field: 'content', message: 'is wrong' }],
    output: 'what was done',
    retryAfterSeconds: 7,
    isOutcomeUnknown: true,
  });
}

describe(writeError.name, () => {
  it.each([
    [
      'precondition',
      'failed to prune fields: failed to convert merged object to last applied version: no field x',
    ],
    ['invalid_input', 'failed to create typed patch object (shop/web; v1): .x: unknown'],
  ])('gives %s, and loses no field', (code, message) => {
    const original = failure(message);
    const { errors, output, retryAfterSeconds, isOutcomeUnknown, cause } = original;
    expect(writeError(original)).toMatchObject({
      code,
      errors,
      output,
      retryAfterSeconds,
      isOutcomeUnknown,
      cause,
    });
  });
});
