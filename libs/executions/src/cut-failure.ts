import type { FieldError } from '#tools';
import { cutOutput } from './cut-output.js';

/** What a caller gets to read of a failure. */
export interface FailureText {
  message: string;
  errors?: FieldError[] | undefined;
  /** What was put out before it. */
  output?: string | undefined;
}

/** Characters that the doors add between the message and the output, and the notes of cuts. */
const GLUE_CHARS = 40;
const NOTE_CHARS = 80;

/** Characters below which a piece of the output is not worth its note. */
const LEAST_OUTPUT_CHARS = 400;

/**
 * A failure of at most so many characters, over all its parts. The beginning of the message, which
 * says the cause, comes first.
 * @param wayOn how to read the rest of the output from an offset on; none if it is not kept
 */
export function cutFailure(
  failure: FailureText,
  maxChars: number,
  wayOn?: (next: number) => string,
): FailureText {
  if (failureSize(failure) <= maxChars) return failure;
  const { message, errors, output = '' } = failure;
  // Its output is then what `keptOutput` has made of it.
  const isWhole = failureSize({ message, errors }) > maxChars && output.startsWith(message);
  const others = (isWhole ? 0 : output.length) + sizeOf(errors);
  const room = Math.max(maxChars - others - GLUE_CHARS, Math.ceil(maxChars / 2));
  const shown = isWhole
    ? cutOutput(output, room, wayOn)
    : cutOutput(message, room, undefined, 'message');
  let left = maxChars - shown.length - GLUE_CHARS - NOTE_CHARS;
  const kept = errors && fitting(errors, output === '' || isWhole ? left : left / 2);
  left -= sizeOf(kept);
  const dropped = (errors?.length ?? 0) - (kept?.length ?? 0);
  const note = dropped > 0 ? `\n[${dropped} more of the errors of parameters are left out.]` : '';
  const hasOutput =
    !isWhole && output !== '' && left >= Math.min(LEAST_OUTPUT_CHARS, output.length);
  return {
    message: shown + note,
    errors: kept?.length === 0 ? undefined : kept,
    output: hasOutput ? cutOutput(output, left, wayOn) : undefined,
  };
}

/** Characters of all parts of a failure. */
export function failureSize({ message, errors, output = '' }: FailureText): number {
  return message.length + sizeOf(errors) + (output === '' ? 0 : output.length + GLUE_CHARS);
}

/**
 * The output of a failure that is to be kept: the whole failure, if what is not its output is too
 * long for an answer.
 */
export function keptOutput(failure: FailureText, maxChars: number): string | undefined {
  const { message, errors, output } = failure;
  if (failureSize({ message, errors }) <= maxChars) return output;
  const fields = errors?.map((error) => `${error.field}: ${error.message}`).join('\n');
  const before = output && `Output before the failure:\n${output}`;
  return [message, fields, before].filter(Boolean).join('\n\n');
}

function fitting(errors: FieldError[], maxChars: number): FieldError[] {
  let size = 0;
  const end = errors.findIndex((error) => (size += sizeOf([error])) > maxChars);
  return end < 0 ? errors : errors.slice(0, end);
}

function sizeOf(errors: FieldError[] | undefined): number {
  return errors ? JSON.stringify(errors).length : 0;
}
