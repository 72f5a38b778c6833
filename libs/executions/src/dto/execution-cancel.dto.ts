import { ExecutionIdField } from './execution-id.field.js';

export class ExecutionCancelDto {
  @ExecutionIdField()
  execution_id!: string;
}
