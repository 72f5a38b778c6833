import { BadRequestException } from '@nestjs/common';

/** The same time in the stored form. @throws BadRequestException */
export function utc(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const ms = Date.parse(time);
  if (Number.isNaN(ms))
    throw new BadRequestException(
      `"${time}" is not an ISO 8601 time such as 2026-01-31T12:00:00Z.`,
    );
  return new Date(ms).toISOString();
}
