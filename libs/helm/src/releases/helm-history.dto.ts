import { ChoiceField, IntField } from '#tools';
import { OUTPUT_FORMATS, type OutputFormat } from './output-format.js';
import { ReleaseDto } from './release.dto.js';

export class HelmHistoryDto extends ReleaseDto {
  @IntField({
    description: 'Maximum number of revisions to list: the newest ones. 0: all that are kept.',
    obvious: true,
    min: 0,
    default: 10,
  })
  max_revisions!: number;

  @ChoiceField({
    description: 'Format of the answer.',
    obvious: true,
    choices: OUTPUT_FORMATS,
    default: 'table',
  })
  output!: OutputFormat;
}
