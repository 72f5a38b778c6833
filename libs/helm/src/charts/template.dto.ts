import { NAMESPACE } from '#cluster';
import { BooleanField, TextField } from '#tools';
import { RELEASE_NAME } from '../helm.formats.js';
import { ChartField, ChartVersionField, ValuesField } from '../releases/release.fields.js';

export class TemplateDto {
  @TextField({
    description: 'Name of the release to render for.',
    obvious: true,
    format: RELEASE_NAME,
  })
  release_name!: string;

  @ChartField()
  chart!: string;

  @TextField({
    description: 'Left out: "default".',
    format: NAMESPACE,
    optional: true,
  })
  namespace?: string;

  @ValuesField({ optional: true })
  values?: string;

  @BooleanField({
    description: "Also the chart's custom resource definitions.",
    obvious: true,
    default: false,
  })
  include_crds!: boolean;

  @ChartVersionField()
  version?: string;
}
