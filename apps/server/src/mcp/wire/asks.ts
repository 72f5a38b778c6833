import { ASKED_OUTPUT_CHARS, invalidField } from '#tools';

/** The keys in `_meta` for what are query parameters over REST. */
const TIME_LIMIT = 'skyflo/time_limit_seconds';
const MAX_OUTPUT_CHARS = 'skyflo/max_output_chars';

/** What a request asks for beside the parameters of the tool. */
export interface Asks {
  /** Seconds that the call may take. */
  timeLimitSeconds?: number;
  /** Characters that its answer may have. */
  maxOutputChars?: number;
}

/** @throws ToolError `invalid_input` */
export function asksOf(meta: Record<string, unknown>): Asks {
  const timeLimitSeconds = timeLimitOf(meta);
  const maxOutputChars = maxOutputCharsOf(meta);
  return {
    ...(timeLimitSeconds !== undefined && { timeLimitSeconds }),
    ...(maxOutputChars !== undefined && { maxOutputChars }),
  };
}

function timeLimitOf({ [TIME_LIMIT]: seconds }: Record<string, unknown>): number | undefined {
  if (seconds === undefined || seconds === null) return undefined;
  if (Number.isInteger(seconds) && Number(seconds) >= 1) return Number(seconds);
  throw invalidField(TIME_LIMIT, 'in _meta must be a whole number of seconds, at least 1');
}

function maxOutputCharsOf({
  [MAX_OUTPUT_CHARS]: chars,
}: Record<string, unknown>): number | undefined {
  if (chars === undefined || chars === null) return undefined;
  const { min, max } = ASKED_OUTPUT_CHARS;
  if (Number.isInteger(chars) && Number(chars) >= min && Number(chars) <= max) return Number(chars);
  const accepts = `${min} to ${max}`;
  throw invalidField(MAX_OUTPUT_CHARS, `in _meta must be a whole number, ${accepts}`, { accepts });
}
