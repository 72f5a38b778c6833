import { IntField } from '#tools';
import { ExecutionIdField } from './execution-id.field.js';

export class ExecutionWaitDto {
  @ExecutionIdField()
  execution_id!: string;

  @IntField({
    description: 'Seconds to wait at most; the answer then says how it stands.',
    obvious: true,
    min: 1,
    max: 300,
    default: 30,
  })
  timeout_seconds!: number;
}
