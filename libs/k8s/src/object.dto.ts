import { KIND, NAMESPACE } from '#cluster';
import { NAME, TextField } from '#tools';

/** One object of any kind. */
export class ObjectDto {
  @TextField({ description: 'Name of the object.', obvious: true, format: NAME })
  name!: string;

  @TextField({
    description: 'Its kind, such as "pod", "deploy" or "rollouts.argoproj.io".',
    obvious: true,
    format: KIND,
  })
  resource_type!: string;

  @TextField({
    description: 'Its namespace; of no effect for kinds outside namespaces, such as nodes.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;
}
