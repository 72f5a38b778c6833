import { WORKLOAD_KINDS, type WorkloadKind } from '#cluster';
import { ChoiceField, IntField, TextField } from '#tools';

export class RolloutUndoDto {
  @TextField({ description: 'Name of the workload.', format: 'name' })
  name!: string;

  @ChoiceField({ description: 'Kind of the workload.', choices: WORKLOAD_KINDS })
  resource_type!: WorkloadKind;

  @TextField({ description: 'Namespace of the workload.', format: 'namespace', default: 'default' })
  namespace!: string;

  @IntField({
    description:
      'Revision to go back to, as k8s_rollout_history lists it. Left out, or 0: the one before the present one.',
    min: 0,
    max: 2_147_483_647,
    optional: true,
  })
  to_revision?: number;
}
