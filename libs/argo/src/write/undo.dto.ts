import { IntField } from '#tools';
import { RolloutDto } from '../model/rollout.dto.js';

export class UndoDto extends RolloutDto {
  @IntField({
    description:
      'Revision to go back to, as argo_history lists it. Left out, or 0: the one before the latest.',
    obvious: true,
    min: 0,
    max: 2_147_483_647,
    optional: true,
  })
  to_revision?: number;
}
