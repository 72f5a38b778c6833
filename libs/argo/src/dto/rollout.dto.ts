import { TextField } from '#tools';

/** One rollout. */
export class RolloutDto {
  @TextField({ description: 'Name of the rollout.', format: 'name' })
  name!: string;

  @TextField({ description: 'Namespace of the rollout.', format: 'namespace', default: 'default' })
  namespace!: string;
}
