import { TextField, UUID } from '#tools';

/** The id of an execution. */
export function ExecutionIdField(): PropertyDecorator {
  return TextField({
    description: 'Id of the execution, as the answer of the call that started it says.',
    obvious: true,
    format: UUID,
  });
}
