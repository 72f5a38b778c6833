import { Tool, ToolProvider, type ToolCall } from '#tools';
import { RepoAddDto } from './repo-add.dto.js';
import { RepoRemoveDto } from './repo-remove.dto.js';
import { RepoUpdateDto } from './repo-update.dto.js';
import { HELM_WITHOUT_CLUSTER } from '../helm.category.js';
import { HelmRequirement } from '../cli/helm.requirement.js';
import { Repositories } from './repositories.js';
import { addRepository, removeRepository, updateRepositories } from './repository-changes.js';

/** Seconds that fetching an index may take. */
const INDEX_SECONDS = 120;

/** Tools for the chart repositories of this server, which all of its callers share. */
@ToolProvider(HELM_WITHOUT_CLUSTER)
export class RepositoriesTools {
  constructor(private readonly repositories: Repositories) {}

  @Tool({
    name: 'helm_repo_add',
    title: 'Add Helm Repository',
    description:
      'Adds a chart repository (url may hold user:password@) for helm_search_repo; oci:// needs none.',
    annotations: {
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    effects: ['update'],
    example: { name: 'jetstack', url: 'https://charts.jetstack.io' },
    timeLimitSeconds: INDEX_SECONDS,
    requires: [HelmRequirement],
  })
  async repoAdd({ name, url }: RepoAddDto, call: ToolCall): Promise<string> {
    return addRepository(this.repositories, name, url, call);
  }

  @Tool({
    name: 'helm_repo_update',
    title: 'Update Helm Repositories',
    description: 'Fetches all indexes again, if a chart just published is not found.',
    annotations: {
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    effects: ['egress'],
    example: {},
    timeLimitSeconds: INDEX_SECONDS,
    requires: [HelmRequirement],
  })
  async repoUpdate(_: RepoUpdateDto, call: ToolCall): Promise<string> {
    return updateRepositories(this.repositories, call);
  }

  @Tool({
    name: 'helm_repo_remove',
    title: 'Remove Helm Repository',
    description: 'Removes a chart repository from this server. Its releases stay.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['update'],
    example: { name: 'jetstack' },
  })
  async repoRemove({ name }: RepoRemoveDto, call: ToolCall): Promise<string> {
    return removeRepository(this.repositories, name, call);
  }
}
