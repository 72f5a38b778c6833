import { BooleanField } from '#tools';
import { ReleaseNameField, ReleaseNamespaceField, TimeoutField } from './release.fields.js';

export class UninstallDto {
  @ReleaseNameField()
  release_name!: string;

  @ReleaseNamespaceField()
  namespace?: string;

  @BooleanField({
    description: 'Keep the revisions, so that helm_rollback can bring the release back.',
    default: false,
  })
  keep_history!: boolean;

  @BooleanField({
    description: 'Wait until all objects are gone, at most timeout_seconds.',
    default: false,
  })
  wait!: boolean;

  @TimeoutField()
  timeout_seconds!: number;
}
