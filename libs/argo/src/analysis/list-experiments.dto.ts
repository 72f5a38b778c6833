import { AllNamespacesField, ListNamespaceField } from '#cluster';
import { NAME, TextField } from '#tools';

export class ListExperimentsDto {
  @TextField({
    description: 'Only the experiments of this rollout, in full, as JSON {"items": [...]}.',
    obvious: true,
    format: NAME,
    optional: true,
  })
  rollout_name?: string;

  @ListNamespaceField()
  namespace?: string;

  @AllNamespacesField()
  all_namespaces!: boolean;
}
