import { invalidField } from '#tools';

/**
 * The same time in the stored form.
 * @param field the parameter that it comes from
 * @throws ToolError `invalid_input`
 */
export function utc(field: string, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const ms = Date.parse(time);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  const accepts = 'an ISO 8601 time such as 2026-01-31T12:00:00Z';
  throw invalidField(field, `must be ${accepts}`, { accepts });
}
