import { AllNamespacesField, LABEL_SELECTOR, ListNamespaceField } from '#cluster';
import { BooleanField, ChoiceField, NAME, TextField } from '#tools';

export class TopPodsDto {
  @TextField({
    description: 'One pod. Left out: all.',
    obvious: true,
    format: NAME,
    optional: true,
  })
  pod_name?: string;

  @ListNamespaceField()
  namespace?: string;

  @AllNamespacesField()
  all_namespaces!: boolean;

  @BooleanField({
    description: 'A row for each container instead of each pod.',
    obvious: true,
    default: false,
  })
  show_containers!: boolean;

  @TextField({
    description: 'Only pods whose labels match, such as "app=web".',
    obvious: true,
    format: LABEL_SELECTOR,
    optional: true,
  })
  label_selector?: string;

  @ChoiceField({
    description: 'Sort by this, the greatest first. Left out: by name.',
    obvious: true,
    choices: ['cpu', 'memory'],
    optional: true,
  })
  sort_by?: 'cpu' | 'memory';

  @BooleanField({
    description: 'Leave out the line of column names.',
    obvious: true,
    default: false,
  })
  no_headers!: boolean;
}
