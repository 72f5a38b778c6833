import { invalidField } from '#tools';

const SECONDS_OF: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Ten years. */
const MAX_SINCE_SECONDS = 10 * 365 * 24 * 3600;

/**
 * How far back to read logs, in seconds, as the API server takes it in `sinceSeconds`.
 * @throws ToolError `invalid_input` for less than a second or more than ten years
 */
export function sinceSeconds(since: string): number {
  const seconds = secondsOf(since);
  if (seconds >= 1 && seconds <= MAX_SINCE_SECONDS) return seconds;
  throw invalidField('since', 'must be from 1s to 87600h (ten years)', {
    accepts: 'a duration from 1s to 87600h, such as "30s", "5m" or "1h30m"',
  });
}

/** The seconds of a duration such as "1h30m" or "500ms", as Go writes them, rounded up. */
function secondsOf(duration: string): number {
  const parts = [...duration.matchAll(/([0-9.]+)(ms|h|m|s)/g)];
  const seconds = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (SECONDS_OF[unit ?? ''] ?? 0),
    0,
  );
  return Math.ceil(seconds);
}
