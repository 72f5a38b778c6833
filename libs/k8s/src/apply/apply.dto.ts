import { NAMESPACE } from '#cluster';
import { BooleanField, IntField, TextField } from '#tools';

/**
 * Most characters: as many as fit into a request (`BODY_LIMIT_BYTES`). An API server accepts up to
 * 3 MiB for each object.
 */
const MAX_MANIFEST_LENGTH = 16 * 1024 * 1024;

export class ApplyDto {
  @TextField({
    description:
      'The manifest: YAML or JSON of one or more objects of any kind; documents are separated by "---". Give whole objects, as you would keep them in a file: fields that an earlier apply has set and this one leaves out would be removed.',
    obvious: true,
    format: 'free',
    maxLength: MAX_MANIFEST_LENGTH,
  })
  content!: string;

  @TextField({
    description:
      "Namespace for objects that name none; one that names another is refused. Left out: the context's own namespace.",
    obvious: true,
    format: NAMESPACE,
    optional: true,
  })
  namespace?: string;

  @BooleanField({
    description:
      'Remove the fields that an earlier apply has set and this manifest leaves out. Otherwise the call is refused and names them. Keys of ConfigMaps and Secrets are always removed.',
    obvious: true,
    default: false,
  })
  prune_fields!: boolean;

  @BooleanField({
    description:
      'Take over fields that others manage, such as a controller or another tool. Otherwise the call is refused and names them.',
    obvious: true,
    default: false,
  })
  force_conflicts!: boolean;

  @IntField({
    description: 'Seconds until the apply stops, and says what was applied and what was not.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: 120,
  })
  timeout_seconds!: number;
}
