import { BooleanField, IntField } from '#tools';
import { RolloutDto } from '../model/rollout.dto.js';

export class ArgoStatusDto extends RolloutDto {
  @BooleanField({
    description:
      'Follow the rollout and report each change of step, weight and health, until it is Healthy or Degraded, waits for somebody, or timeout_seconds have passed.',
    obvious: true,
    default: false,
  })
  watch!: boolean;

  @IntField({
    description: 'With watch: seconds to follow the rollout. Then the answer says where it stands.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: 60,
  })
  timeout_seconds!: number;
}
