import { inTurns, Turns, type Steps } from '#base';
import type { ToolCall, ToolResult } from '../tool.js';
import { ToolError, type FieldError } from '../tool.error.js';
import { VisiblePieces, visible, visibleSteps } from './visible-text.js';

type Reports = Pick<ToolCall, 'emit' | 'progress'>;

/** What a tool answers, with its text visible. The data stay exact, as they are for programs. */
export async function visibleResult(result: ToolResult): Promise<ToolResult> {
  return { ...result, output: await inTurns(visibleSteps(result.output)) };
}

/** A failure with its texts visible. */
export async function visibleError(error: ToolError): Promise<ToolError> {
  return inTurns(errorSteps(error), new Turns());
}

/** As `visibleError`, for a failure whose texts are known to be short. */
export function* errorSteps(error: ToolError): Steps<ToolError> {
  const message = yield* visibleSteps(error.message);
  const errors = error.errors && visibleFields(error.errors);
  const output = error.output === undefined ? undefined : yield* visibleSteps(error.output);
  const isSame = message === error.message && errors === error.errors && output === error.output;
  return isSame ? error : error.with({ message, errors, output });
}

/** The reports of a call, with their texts visible; `end` gives what was held back. */
export function visibleReports({
  emit = ignore,
  progress = ignore,
}: Partial<Reports>): Reports & { end: () => void } {
  const pieces = new VisiblePieces();
  const give = (text: string) => {
    if (text !== '') emit(text);
  };
  return {
    emit: (chunk) => give(pieces.push(chunk)),
    end: () => give(pieces.end()),
    progress: ({ message, ...numbers }) =>
      progress(message === undefined ? numbers : { ...numbers, message: visible(message) }),
  };
}

function ignore(): void {}

/** The same array where all is visible already. */
function visibleFields(errors: FieldError[]): FieldError[] {
  const shown = errors.map(({ field, message, accepts }) => ({
    field: visible(field),
    message: visible(message),
    ...(accepts !== undefined && { accepts: visible(accepts) }),
  }));
  return JSON.stringify(shown) === JSON.stringify(errors) ? errors : shown;
}
