import { ReleaseDto } from './release.dto.js';
import { RevisionField } from './release.fields.js';

export class GetManifestDto extends ReleaseDto {
  @RevisionField()
  revision?: number;
}
