const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** How Go writes a time that was never set. */
const ZERO = '0001-01-01T00:00:00Z';

/** Whether a stored time was never set. */
export function isZeroTime(time: string | undefined): boolean {
  return time === undefined || time === '' || time === ZERO;
}

/**
 * A stored time in UTC, to the nanosecond that it was stored with (RFC 3339); "" if it was never
 * set.
 */
export function utcTime(time: string | undefined): string {
  if (time === undefined || isZeroTime(time)) return '';
  const [, seconds = '', fraction = '', zone = 'Z'] =
    /^([^.Z+]*?)(\.\d+)?(Z|[-+]\d\d:\d\d)$/.exec(time) ?? [];
  const date = new Date(`${seconds}${zone}`);
  if (Number.isNaN(date.getTime())) return time;
  return date.toISOString().replace('.000Z', `${fraction.replace(/\.?0+$/, '')}Z`);
}

/** A time as Go prints it by default: `2026-11-23 04:45:00.123456789 +0000 UTC`. */
export function goTime(time: string): string {
  return utcTime(time).replace('T', ' ').replace('Z', ' +0000 UTC');
}

/** A time as C prints it: `Mon Nov 23 04:45:00 2026`. */
export function ansiTime(time: string | undefined): string {
  const date = new Date(utcTime(time) || ZERO);
  const [day, month] = [WEEKDAYS[date.getUTCDay()], MONTHS[date.getUTCMonth()]];
  const clock = date.toISOString().slice(11, 19);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${day} ${month} ${String(date.getUTCDate()).padStart(2)} ${clock} ${year}`;
}
