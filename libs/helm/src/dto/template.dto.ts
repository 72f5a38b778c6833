import { BooleanField, TextField } from '#tools';
import { ChartField, ChartVersionField, ValuesField } from './release.fields.js';

export class TemplateDto {
  @TextField({ description: 'Name of the release to render for.', format: 'releaseName' })
  release_name!: string;

  @ChartField()
  chart!: string;

  @TextField({
    description: 'Namespace to render for. Left out: "default".',
    format: 'namespace',
    optional: true,
  })
  namespace?: string;

  @ValuesField({ optional: true })
  values?: string;

  @BooleanField({ description: "Also the chart's custom resource definitions.", default: false })
  include_crds!: boolean;

  @ChartVersionField()
  version?: string;
}
