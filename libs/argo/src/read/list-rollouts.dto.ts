import { AllNamespacesField, NAMESPACE } from '#cluster';
import { TextField } from '#tools';

export class ListRolloutsDto {
  @TextField({
    description: 'Namespace to look in. Ignored with all_namespaces.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @AllNamespacesField()
  all_namespaces!: boolean;
}
