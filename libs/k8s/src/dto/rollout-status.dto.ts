import { WORKLOAD_KINDS, type WorkloadKind } from '#cluster';
import { ChoiceField, IntField, TextField } from '#tools';

export class RolloutStatusDto {
  @TextField({ description: 'Name of the workload.', format: 'name' })
  name!: string;

  @TextField({ description: 'Namespace of the workload.', format: 'namespace', default: 'default' })
  namespace!: string;

  @ChoiceField({
    description: 'Kind of the workload.',
    choices: WORKLOAD_KINDS,
    default: 'deployment',
  })
  resource_type!: WorkloadKind;

  @IntField({
    description:
      'Seconds to wait for the rollout to finish; then the answer says where it stands. 0: say so at once.',
    min: 0,
    max: 3_600,
    default: 60,
  })
  timeout_seconds!: number;
}
