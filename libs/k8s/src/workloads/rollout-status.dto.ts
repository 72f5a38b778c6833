import { IntField } from '#tools';
import { DeploymentByDefaultDto } from './deployment-by-default.dto.js';

export class RolloutStatusDto extends DeploymentByDefaultDto {
  @IntField({
    description:
      'Seconds to wait for the rollout to finish; then the answer says where it stands. 0: say so at once.',
    obvious: true,
    min: 0,
    max: 3_600,
    default: 60,
  })
  timeout_seconds!: number;
}
