import { NAMESPACE, WORKLOAD_KINDS, type WorkloadKind } from '#cluster';
import { ChoiceField, NAME, TextField } from '#tools';

/** One workload that rolls out pods: a deployment unless another kind is given. */
export class DeploymentByDefaultDto {
  @TextField({ description: 'Name of the workload.', obvious: true, format: NAME })
  name!: string;

  @TextField({
    description: 'Namespace of the workload.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @ChoiceField({
    description: 'Kind of the workload.',
    obvious: true,
    choices: WORKLOAD_KINDS,
    default: 'deployment',
  })
  resource_type!: WorkloadKind;
}
