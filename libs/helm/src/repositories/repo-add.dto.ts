import { TextField } from '#tools';
import { REPOSITORY_NAME, REPOSITORY_URL } from '../helm.formats.js';

export class RepoAddDto {
  @TextField({
    description: 'Name for the repository. Its charts are then called "name/chart".',
    obvious: true,
    format: REPOSITORY_NAME,
  })
  name!: string;

  @TextField({
    description:
      'Its address, such as "https://charts.jetstack.io". It may contain user and password (https://user:password@host); they are never shown. OCI registries need no adding: use the chart "oci://registry/path/chart".',
    obvious: true,
    format: REPOSITORY_URL,
  })
  url!: string;
}
