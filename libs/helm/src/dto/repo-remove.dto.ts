import { TextField } from '#tools';

export class RepoRemoveDto {
  @TextField({
    description: 'Name of the repository, as it was given to helm_repo_add.',
    format: 'repositoryName',
  })
  name!: string;
}
