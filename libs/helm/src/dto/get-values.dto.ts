import { BooleanField, ChoiceField, IntField } from '#tools';
import { OUTPUT_FORMATS, type OutputFormat } from '../release-text.js';
import { ReleaseNameField, ReleaseNamespaceField } from './release.fields.js';

export class GetValuesDto {
  @ReleaseNameField()
  release_name!: string;

  @ReleaseNamespaceField()
  namespace?: string;

  @ChoiceField({ description: 'Form of the answer.', choices: OUTPUT_FORMATS, default: 'yaml' })
  output!: OutputFormat;

  @BooleanField({
    description:
      "Also the chart's own values where they were not overridden. Otherwise only those that were given.",
    default: false,
  })
  all_values!: boolean;

  @IntField({ description: 'Revision to show. Left out: the last one.', min: 1, optional: true })
  revision?: number;
}
