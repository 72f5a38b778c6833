import { AUDIT_OUTCOMES, type AuditOutcome } from '#access';
import { ChoiceField, IntField, NAME, TextField } from '#tools';

/** Which entries of the audit to list. An entry must match all filters. */
export class ListAuditDto {
  @TextField({
    description: 'Only entries of this principal, by its id.',
    format: 'free',
    maxLength: 1_000,
    optional: true,
  })
  principal?: string;

  @TextField({ description: 'Only entries of this tool.', format: NAME, optional: true })
  tool?: string;

  @ChoiceField({
    description: 'Only entries of what ended like this.',
    choices: AUDIT_OUTCOMES,
    optional: true,
  })
  outcome?: AuditOutcome;

  @TextField({
    description: 'Only entries that were made at this time (ISO 8601) or later.',
    format: 'free',
    maxLength: 40,
    optional: true,
  })
  since?: string;

  @TextField({
    description: 'Only entries that were made before this time (ISO 8601).',
    format: 'free',
    maxLength: 40,
    optional: true,
  })
  until?: string;

  @IntField({ description: 'Maximum number of entries on a page.', min: 1, max: 200, default: 50 })
  limit!: number;

  @TextField({
    description: 'The `next` of the previous page.',
    format: 'free',
    maxLength: 100,
    optional: true,
  })
  after?: string;
}
