import { NAMESPACE, WORKLOAD_KINDS, type WorkloadKind } from '#cluster';
import { ChoiceField, NAME, TextField } from '#tools';

/** One workload that rolls out pods. Its kind must be given. */
export class WorkloadDto {
  @TextField({ description: 'Name of the workload.', obvious: true, format: NAME })
  name!: string;

  @ChoiceField({ description: 'Kind of the workload.', obvious: true, choices: WORKLOAD_KINDS })
  resource_type!: WorkloadKind;

  @TextField({
    description: 'Namespace of the workload.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;
}
