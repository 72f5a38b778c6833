import { BooleanField } from '#tools';
import { ReleaseDto } from '../releases/release.dto.js';
import { TimeoutField } from '../releases/release.fields.js';

export class UninstallDto extends ReleaseDto {
  @BooleanField({
    description: 'Keep the revisions, so that helm_rollback can bring the release back.',
    obvious: true,
    default: false,
  })
  keep_history!: boolean;

  @BooleanField({
    description: 'Wait until all objects are gone, at most timeout_seconds.',
    obvious: true,
    default: false,
  })
  wait!: boolean;

  @TimeoutField()
  timeout_seconds!: number;
}
