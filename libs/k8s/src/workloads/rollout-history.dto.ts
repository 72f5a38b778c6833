import { IntField } from '#tools';
import { WorkloadDto } from './workload.dto.js';

export class RolloutHistoryDto extends WorkloadDto {
  @IntField({
    description: 'Show the pod template of this revision. Left out, or 0: list the revisions.',
    obvious: true,
    min: 0,
    max: 2_147_483_647,
    optional: true,
  })
  revision?: number;
}
