import { ListNamespaceField } from '#cluster';
import { BooleanField, ChoiceField, IntField } from '#tools';
import { OUTPUT_FORMATS, type OutputFormat } from './output-format.js';

export class ListReleasesDto {
  @ListNamespaceField()
  namespace?: string;

  @BooleanField({
    description: 'Look in every namespace. Leave namespace out with this.',
    obvious: true,
    default: false,
  })
  all_namespaces!: boolean;

  @BooleanField({
    description:
      'Also releases that are pending, being uninstalled, or uninstalled with their history kept. Otherwise only those that are deployed or failed.',
    obvious: true,
    default: false,
  })
  all!: boolean;

  @IntField({
    description: 'Maximum number of releases to list.',
    obvious: true,
    min: 1,
    max: 1_000,
    default: 256,
  })
  limit!: number;

  @ChoiceField({
    description: 'Format of the answer.',
    obvious: true,
    choices: OUTPUT_FORMATS,
    default: 'table',
  })
  output!: OutputFormat;
}
