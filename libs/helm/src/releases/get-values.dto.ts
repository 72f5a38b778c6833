import { BooleanField, ChoiceField } from '#tools';
import { OUTPUT_FORMATS, type OutputFormat } from './output-format.js';
import { ReleaseDto } from './release.dto.js';
import { RevisionField } from './release.fields.js';

export class GetValuesDto extends ReleaseDto {
  @ChoiceField({
    description: 'Format of the answer.',
    obvious: true,
    choices: OUTPUT_FORMATS,
    default: 'yaml',
  })
  output!: OutputFormat;

  @BooleanField({
    description:
      "Also the chart's own values where they were not overridden. Otherwise only those that were given.",
    obvious: true,
    default: false,
  })
  all_values!: boolean;

  @RevisionField()
  revision?: number;
}
