import { NAMESPACE } from '#cluster';
import { NAME, TextField } from '#tools';

/** One rollout. */
export class RolloutDto {
  @TextField({ description: 'Name of the rollout.', obvious: true, format: NAME })
  name!: string;

  @TextField({
    description: 'Namespace of the rollout.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;
}
