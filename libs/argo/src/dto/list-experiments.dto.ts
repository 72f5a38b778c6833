import { BooleanField, TextField } from '#tools';

export class ListExperimentsDto {
  @TextField({
    description: 'Only the experiments of this rollout, then whole, as JSON {"items": [...]}.',
    format: 'name',
    optional: true,
  })
  rollout_name?: string;

  @TextField({
    description: "Namespace to look in. Left out: the context's own namespace.",
    format: 'namespace',
    optional: true,
  })
  namespace?: string;

  @BooleanField({ description: 'Look in every namespace.', default: false })
  all_namespaces!: boolean;
}
