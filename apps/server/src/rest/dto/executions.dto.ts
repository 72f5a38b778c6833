import { EXECUTION_STATUSES, type ExecutionStatus } from '#executions';
import { ChoiceField, IntField, NAME, TextField } from '#tools';

/** Which executions to list; all that is given must hold. */
export class ListExecutionsDto {
  @ChoiceField({
    description: 'Only executions of this status.',
    choices: EXECUTION_STATUSES,
    optional: true,
  })
  status?: ExecutionStatus;

  @TextField({ description: 'Only executions of this tool.', format: NAME, optional: true })
  tool?: string;

  @TextField({
    description: 'Only those created at this time (ISO 8601) or later.',
    format: 'free',
    maxLength: 40,
    optional: true,
  })
  since?: string;

  @TextField({
    description: 'Only those created before this time (ISO 8601).',
    format: 'free',
    maxLength: 40,
    optional: true,
  })
  until?: string;

  @IntField({ description: 'Most executions of a page.', min: 1, max: 200, default: 50 })
  limit!: number;

  @TextField({
    description: 'The `next` of the page before.',
    format: 'free',
    maxLength: 80,
    optional: true,
  })
  after?: string;
}

/** Which piece of an output to read. */
export class OutputQueryDto {
  @IntField({ description: 'Characters to leave out from the beginning.', min: 0, default: 0 })
  offset!: number;

  @IntField({
    description: 'Most characters to read.',
    min: 1,
    max: 1_000_000,
    default: 1_000_000,
  })
  limit!: number;
}
