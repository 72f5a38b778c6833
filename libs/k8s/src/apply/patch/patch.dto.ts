import type { PatchType } from '#cluster';
import { KIND, NAMESPACE } from '#cluster';
import { ChoiceField, NAME, TextField } from '#tools';

const PATCH_TYPES = ['strategic', 'merge', 'json'] as const satisfies PatchType[];

export class PatchDto {
  @TextField({ description: 'Name of the object.', obvious: true, format: NAME })
  name!: string;

  @TextField({
    description:
      'Kind of the object: kind, plural or short name ("deployment", "deploy", "rollouts.argoproj.io").',
    obvious: true,
    format: KIND,
  })
  resource_type!: string;

  @TextField({
    description: 'YAML or JSON of the fields to change; for json, a list of operations.',
    format: 'free',
  })
  patch!: string;

  @TextField({
    description: 'Namespace of the object.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @ChoiceField({
    description: 'strategic merges lists by key; custom resources need merge.',
    choices: PATCH_TYPES,
    default: 'strategic',
    refuseBlank: true,
  })
  patch_type!: (typeof PATCH_TYPES)[number];
}
