import { BooleanField, TextField } from '#tools';
import { ChartField, ChartVersionField, TimeoutField } from './release.fields.js';

export class InstallWithValuesDto {
  @TextField({
    description: 'Name for the release; free in its namespace.',
    format: 'releaseName',
  })
  release_name!: string;

  @ChartField()
  chart!: string;

  @TextField({
    description:
      "Values for the chart, as YAML: they override the chart's own (helm_show_values shows those).",
    format: 'free',
  })
  values!: string;

  @TextField({ description: 'Namespace to install into.', format: 'namespace', default: 'default' })
  namespace!: string;

  @BooleanField({ description: 'Create the namespace if it is not there.', default: true })
  create_namespace!: boolean;

  @BooleanField({
    description:
      'Wait until all objects are ready, at most timeout_seconds; otherwise return as soon as they are created.',
    default: true,
  })
  wait!: boolean;

  @ChartVersionField()
  version?: string;

  @TimeoutField()
  timeout_seconds!: number;

  @BooleanField({
    description: 'Remove everything again if the installation fails; waits in any case.',
    default: false,
  })
  atomic!: boolean;
}
