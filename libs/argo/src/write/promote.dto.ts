import { BooleanField } from '#tools';
import { RolloutDto } from '../model/rollout.dto.js';

export class PromoteDto extends RolloutDto {
  @BooleanField({
    description: 'Skip everything that is left: steps, pauses and analysis.',
    obvious: true,
    default: false,
  })
  full!: boolean;
}
