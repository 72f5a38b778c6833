import { ChoiceField, IntField } from '#tools';
import { OUTPUT_FORMATS, type OutputFormat } from '../release-text.js';
import { ReleaseNameField, ReleaseNamespaceField } from './release.fields.js';

export class HelmHistoryDto {
  @ReleaseNameField()
  release_name!: string;

  @ReleaseNamespaceField()
  namespace?: string;

  @IntField({
    description: 'Most revisions to list, the newest ones. 0: all that are kept.',
    min: 0,
    default: 10,
  })
  max_revisions!: number;

  @ChoiceField({ description: 'Form of the answer.', choices: OUTPUT_FORMATS, default: 'table' })
  output!: OutputFormat;
}
