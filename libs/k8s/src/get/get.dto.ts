import { AllNamespacesField, FIELD_SELECTOR, LABEL_SELECTOR, ListNamespaceField } from '#cluster';
import { BooleanField, ChoiceField, IntField, TextField } from '#tools';
import { CURSOR, KINDS, NAMES } from '../k8s.formats.js';

/** Characters of `fields` and `sort_by`. */
const MAX_PATHS_LENGTH = 4_000;

export class GetDto {
  @TextField({
    description: 'One kind ("pods", "deploy"), several joined by commas, "all", or kind/name.',
    format: KINDS,
  })
  resource_type!: string;

  @TextField({
    description: 'One name, or several joined by commas.',
    obvious: true,
    format: NAMES,
    optional: true,
  })
  name?: string;

  @AllNamespacesField()
  all_namespaces!: boolean;

  @ListNamespaceField()
  namespace?: string;

  @ChoiceField({
    description: 'Left out: a table. yaml omits defaults; json: whole.',
    choices: ['wide', 'yaml', 'json', 'name'],
    optional: true,
    refuseBlank: true,
  })
  output?: 'wide' | 'yaml' | 'json' | 'name';

  @TextField({
    description: 'Such as "app=web,tier!=cache".',
    format: LABEL_SELECTOR,
    optional: true,
  })
  label_selector?: string;

  @TextField({
    description: 'Such as "status.phase!=Running".',
    format: FIELD_SELECTOR,
    optional: true,
  })
  field_selector?: string;

  @TextField({
    description:
      'Columns to show, as paths: ".metadata.name,IMAGES:.spec.containers[*].image". No filters.',
    format: 'free',
    maxLength: MAX_PATHS_LENGTH,
    optional: true,
  })
  fields?: string;

  @BooleanField({
    description: 'With fields: each different row once, with its count.',
    default: false,
  })
  distinct!: boolean;

  @TextField({
    description: 'A path; "-" before it reverses.',
    format: 'free',
    maxLength: MAX_PATHS_LENGTH,
    optional: true,
  })
  sort_by?: string;

  @IntField({ description: 'Most objects.', obvious: true, min: 1, max: 10_000, optional: true })
  limit?: number;

  @TextField({
    description: "From the last page's end.",
    obvious: true,
    format: CURSOR,
    optional: true,
  })
  cursor?: string;
}
