const MS_OF_UNIT: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * When a key ends, in milliseconds since the epoch: after a time (`12h`, `90d`), on a date of ISO
 * 8601, or never (Infinity).
 * @returns undefined for what is none of these, and for times that are over
 */
export function expiryOf(text: string, now: number): number | undefined {
  if (text === 'never') return Infinity;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const isDate = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const end =
    count !== undefined ? now + Number(count) * MS_OF_UNIT[unit]! : isDate ? Date.parse(text) : NaN;
  return end > now ? end : undefined;
}
