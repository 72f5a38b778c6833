import { IntField } from '#tools';
import { RolloutDto } from '../model/rollout.dto.js';

export class ArgoHistoryDto extends RolloutDto {
  @IntField({
    description:
      'One revision to look at, with its pod template and what changed in it. Left out, or 0: all revisions.',
    obvious: true,
    min: 0,
    max: 2_147_483_647,
    optional: true,
  })
  revision?: number;
}
