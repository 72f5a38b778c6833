import { NAMESPACE } from '#cluster';
import { BooleanField, TextField } from '#tools';
import { RELEASE_NAME } from '../helm.formats.js';
import { ChartField, ChartVersionField, TimeoutField } from '../releases/release.fields.js';

export class InstallDto {
  @TextField({
    description: 'Name for the new release. It must be free in the namespace.',
    obvious: true,
    format: RELEASE_NAME,
  })
  release_name!: string;

  @ChartField()
  chart!: string;

  @TextField({
    description: 'Namespace to install into.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @BooleanField({
    description: 'Create the namespace if it does not exist.',
    obvious: true,
    default: true,
  })
  create_namespace!: boolean;

  @BooleanField({
    description:
      'Wait until all objects are ready, at most timeout_seconds; otherwise return as soon as they are created.',
    obvious: true,
    default: true,
  })
  wait!: boolean;

  @ChartVersionField()
  version?: string;

  @TimeoutField()
  timeout_seconds!: number;

  @BooleanField({
    description: 'Remove everything again if the installation fails. Always waits.',
    obvious: true,
    default: false,
  })
  atomic!: boolean;
}
