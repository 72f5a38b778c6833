import { ChoiceField } from '#tools';
import { OUTPUT_FORMATS, type OutputFormat } from './output-format.js';
import { ReleaseDto } from './release.dto.js';
import { RevisionField } from './release.fields.js';

export class HelmStatusDto extends ReleaseDto {
  @ChoiceField({
    description:
      'Format of the answer: "table" has the state and the notes; "json" and "yaml" also have values, manifest and hooks.',
    obvious: true,
    choices: OUTPUT_FORMATS,
    default: 'table',
  })
  output!: OutputFormat;

  @RevisionField()
  revision?: number;
}
