import { AllNamespacesField, FIELD_SELECTOR, LABEL_SELECTOR, ListNamespaceField } from '#cluster';
import { ChoiceField, TextField } from '#tools';
import { KINDS, NAMES } from '../k8s.formats.js';

export class GetDto {
  @TextField({
    description:
      'Kind to get: kind, plural or short name ("pods", "deploy", "rollouts.argoproj.io"), several joined by commas ("pods,services"; at most 100), a category ("all"), or kind/name ("deployment/web").',
    format: KINDS,
  })
  resource_type!: string;

  @TextField({
    description:
      'Name of one object, or several joined by commas (at most 100). Leave out for all of the kind.',
    format: NAMES,
    optional: true,
  })
  name?: string;

  @AllNamespacesField()
  all_namespaces!: boolean;

  @ListNamespaceField()
  namespace?: string;

  @ChoiceField({
    description:
      'Form of the answer. Left out: a table, which is the shortest; "wide" adds columns, "name" lists names only, "yaml" and "json" give whole objects.',
    choices: ['wide', 'yaml', 'json', 'name'],
    optional: true,
    refuseBlank: true,
  })
  output?: 'wide' | 'yaml' | 'json' | 'name';

  @TextField({
    description: 'Only objects whose labels match, such as "app=web,tier!=cache".',
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
}
