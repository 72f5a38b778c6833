import { IntField } from '#tools';
import { ExecutionIdField } from './execution-id.field.js';

export class ExecutionStatusDto {
  @ExecutionIdField()
  execution_id!: string;

  @IntField({
    description:
      'Characters of the output to leave out from its beginning: to read on where an answer was cut.',
    obvious: true,
    min: 0,
    default: 0,
  })
  offset!: number;
}
