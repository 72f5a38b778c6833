import { EXECUTION_STATUSES, type ExecutionStatus } from '#executions';
import { MaxOutputCharsField } from './list-tools.dto.js';
import { ChoiceField, IntField, NAME, TextField } from '#tools';

/** Which executions to list. An execution must match all filters. */
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
    description: 'Only executions that were created at this time (ISO 8601) or later.',
    format: 'free',
    maxLength: 40,
    optional: true,
  })
  since?: string;

  @TextField({
    description: 'Only executions that were created before this time (ISO 8601).',
    format: 'free',
    maxLength: 40,
    optional: true,
  })
  until?: string;

  @IntField({
    description: 'Maximum number of executions on a page.',
    min: 1,
    max: 200,
    default: 50,
  })
  limit!: number;

  @TextField({
    description: 'The `next` of the previous page.',
    format: 'free',
    maxLength: 80,
    optional: true,
  })
  after?: string;
}

/** How an execution is shown. */
export class ShowExecutionDto {
  @MaxOutputCharsField()
  max_output_chars?: number;
}

/** Which piece of an output to read. */
export class OutputQueryDto {
  @IntField({ description: 'Number of characters to skip at the beginning.', min: 0, default: 0 })
  offset!: number;

  @IntField({
    description: 'Maximum number of characters to read.',
    min: 1,
    max: 1_000_000,
    default: 1_000_000,
  })
  limit!: number;
}
