import { NAMESPACE, WORKLOAD_KINDS, type WorkloadKind } from '#cluster';
import { ChoiceField, NAME, TextField } from '#tools';

/** One workload that rolls out pods: a deployment unless another kind is given. */
export class DeploymentByDefaultDto {
  @TextField({ description: 'Name of the workload.', format: NAME })
  name!: string;

  @TextField({ description: 'Namespace of the workload.', format: NAMESPACE, default: 'default' })
  namespace!: string;

  @ChoiceField({
    description: 'Kind of the workload.',
    choices: WORKLOAD_KINDS,
    default: 'deployment',
  })
  resource_type!: WorkloadKind;
}
