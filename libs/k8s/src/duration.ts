const SECONDS_OF: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** The seconds of a duration such as "1h30m" or "500ms", as Go writes them, rounded up. */
export function secondsOf(duration: string): number {
  const parts = [...duration.matchAll(/([0-9.]+)(ms|h|m|s)/g)];
  const seconds = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (SECONDS_OF[unit ?? ''] ?? 0),
    0,
  );
  return Math.ceil(seconds);
}
