import { IntField } from '#tools';
import { ReleaseNameField, ReleaseNamespaceField } from './release.fields.js';

export class GetManifestDto {
  @ReleaseNameField()
  release_name!: string;

  @ReleaseNamespaceField()
  namespace?: string;

  @IntField({ description: 'Revision to show. Left out: the last one.', min: 1, optional: true })
  revision?: number;
}
