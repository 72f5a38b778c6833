/** `helm_repo_update` takes no parameters. */
export class RepoUpdateDto {}
