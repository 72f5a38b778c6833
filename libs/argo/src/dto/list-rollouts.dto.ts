import { BooleanField, TextField } from '#tools';

export class ListRolloutsDto {
  @TextField({
    description: 'Namespace to look in; of no effect with all_namespaces.',
    format: 'namespace',
    default: 'default',
  })
  namespace!: string;

  @BooleanField({ description: 'Look in every namespace.', default: false })
  all_namespaces!: boolean;
}
