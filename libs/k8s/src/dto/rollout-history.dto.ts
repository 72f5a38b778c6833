import { WORKLOAD_KINDS, type WorkloadKind } from '#cluster';
import { ChoiceField, IntField, TextField } from '#tools';

export class RolloutHistoryDto {
  @TextField({ description: 'Name of the workload.', format: 'name' })
  name!: string;

  @ChoiceField({ description: 'Kind of the workload.', choices: WORKLOAD_KINDS })
  resource_type!: WorkloadKind;

  @TextField({ description: 'Namespace of the workload.', format: 'namespace', default: 'default' })
  namespace!: string;

  @IntField({
    description: 'Show the pod template of this revision. Left out, or 0: list the revisions.',
    min: 0,
    max: 2_147_483_647,
    optional: true,
  })
  revision?: number;
}
