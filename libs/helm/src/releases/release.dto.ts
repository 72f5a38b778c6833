import { ReleaseNameField, ReleaseNamespaceField } from './release.fields.js';

/** One release. */
export class ReleaseDto {
  @ReleaseNameField()
  release_name!: string;

  @ReleaseNamespaceField()
  namespace?: string;
}
