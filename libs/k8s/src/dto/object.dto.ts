import { TextField } from '#tools';

/** One object of any kind. */
export class ObjectDto {
  @TextField({ description: 'Name of the object.', format: 'name' })
  name!: string;

  @TextField({
    description: 'Its kind, such as "pod", "deploy" or "rollouts.argoproj.io".',
    format: 'kind',
  })
  resource_type!: string;

  @TextField({
    description: 'Its namespace; of no effect for kinds outside namespaces, such as nodes.',
    format: 'namespace',
    default: 'default',
  })
  namespace!: string;
}
