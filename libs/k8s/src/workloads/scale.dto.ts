import { KIND, NAMESPACE } from '#cluster';
import { IntField, NAME, TextField } from '#tools';

export class ScaleDto {
  @TextField({ description: 'Name of the workload.', format: NAME })
  name!: string;

  @TextField({
    description:
      'Its kind: any that can be scaled, such as "deployment", "statefulset", "replicaset" or "rollouts.argoproj.io".',
    format: KIND,
  })
  resource_type!: string;

  @IntField({
    description: 'Number of pods to run. 0 stops the workload.',
    min: 0,
    max: 2_147_483_647,
  })
  replicas!: number;

  @TextField({ description: 'Namespace of the workload.', format: NAMESPACE, default: 'default' })
  namespace!: string;
}
