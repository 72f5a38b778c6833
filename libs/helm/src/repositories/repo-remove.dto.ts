import { TextField } from '#tools';
import { REPOSITORY_NAME } from '../helm.formats.js';

export class RepoRemoveDto {
  @TextField({
    description: 'Name of the repository, as it was given to helm_repo_add.',
    obvious: true,
    format: REPOSITORY_NAME,
  })
  name!: string;
}
