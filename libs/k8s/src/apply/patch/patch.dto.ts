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
    description:
      'The patch as JSON or YAML: only the fields to change, such as {"spec":{"paused":true}}; for the type json, a list of operations, such as [{"op":"remove","path":"/metadata/labels/tier"}].',
    obvious: true,
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
    description:
      'How to read the patch: "strategic" merges lists such as containers by their key, "merge" (JSON merge patch, RFC 7396) replaces lists whole and is the one for custom resources, "json" is a list of operations (RFC 6902).',
    obvious: true,
    choices: PATCH_TYPES,
    default: 'strategic',
    refuseBlank: true,
  })
  patch_type!: (typeof PATCH_TYPES)[number];
}
