import { ChoiceField, IntField } from '#tools';
import { OUTPUT_FORMATS, type OutputFormat } from '../release-text.js';
import { ReleaseNameField, ReleaseNamespaceField } from './release.fields.js';

export class HelmStatusDto {
  @ReleaseNameField()
  release_name!: string;

  @ReleaseNamespaceField()
  namespace?: string;

  @ChoiceField({
    description:
      'Form of the answer: "table" has the state and the notes; "json" and "yaml" have values, manifest and hooks too.',
    choices: OUTPUT_FORMATS,
    default: 'table',
  })
  output!: OutputFormat;

  @IntField({ description: 'Revision to show. Left out: the last one.', min: 1, optional: true })
  revision?: number;
}
