import { IntField } from '#tools';
import { WorkloadDto } from './workload.dto.js';

export class RolloutUndoDto extends WorkloadDto {
  @IntField({
    description:
      'Revision to go back to, as k8s_rollout_history lists it. Left out, or 0: the previous one.',
    obvious: true,
    min: 0,
    max: 2_147_483_647,
    optional: true,
  })
  to_revision?: number;
}
