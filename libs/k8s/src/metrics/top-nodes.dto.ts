import { LABEL_SELECTOR } from '#cluster';
import { BooleanField, ChoiceField, NAME, TextField } from '#tools';

export class TopNodesDto {
  @TextField({
    description: 'One node. Left out: all.',
    obvious: true,
    format: NAME,
    optional: true,
  })
  node_name?: string;

  @ChoiceField({
    description: 'Sort by this, the greatest first. Left out: by name.',
    obvious: true,
    choices: ['cpu', 'memory'],
    optional: true,
  })
  sort_by?: 'cpu' | 'memory';

  @TextField({
    description: 'Only nodes whose labels match, such as "topology.kubernetes.io/zone=a".',
    obvious: true,
    format: LABEL_SELECTOR,
    optional: true,
  })
  label_selector?: string;

  @BooleanField({
    description: 'Leave out the line of column names.',
    obvious: true,
    default: false,
  })
  no_headers!: boolean;
}
