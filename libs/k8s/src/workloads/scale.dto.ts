import { KIND, NAMESPACE } from '#cluster';
import { IntField, NAME, TextField } from '#tools';

export class ScaleDto {
  @TextField({ description: 'Name of the workload.', obvious: true, format: NAME })
  name!: string;

  @TextField({
    description:
      'Its kind: any that can be scaled, such as "deployment", "statefulset", "replicaset" or "rollouts.argoproj.io".',
    obvious: true,
    format: KIND,
  })
  resource_type!: string;

  @IntField({
    description: 'Number of pods to run. 0 stops the workload.',
    obvious: true,
    min: 0,
    max: 2_147_483_647,
  })
  replicas!: number;

  @TextField({
    description: 'Namespace of the workload.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;
}
