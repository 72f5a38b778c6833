import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { GetManifestDto } from './get-manifest.dto.js';
import { GetValuesDto } from './get-values.dto.js';
import { HelmHistoryDto } from './helm-history.dto.js';
import { ListReleasesDto } from './list-releases.dto.js';
import { HelmStatusDto } from './helm-status.dto.js';
import { HELM } from '../helm.category.js';
import { ReleasesService } from './releases.service.js';

const RELEASE = { release_name: 'shop-cache', namespace: 'shop' };

/** Tools that read releases. They do not need helm. */
@ToolProvider(HELM)
export class ReleasesTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly releases: ReleasesService,
  ) {}

  @Tool({
    name: 'helm_list_releases',
    title: 'List Helm Releases',
    description: 'Lists deployed and failed releases; all adds pending and uninstalled.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    place: 'read',
    example: { all_namespaces: true },
  })
  async listReleases(query: ListReleasesDto, call: ToolCall): Promise<ToolResult> {
    return this.releases.list(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_status',
    title: 'Get Helm Release Status',
    description: 'Shows state and notes; json and yaml add values, manifest and hooks.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    place: 'read',
    example: RELEASE,
  })
  async status(query: HelmStatusDto, call: ToolCall): Promise<ToolResult> {
    return this.releases.status(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_history',
    title: 'Get Helm Release History',
    description: 'Lists the newest revisions (max_revisions 0: all).',
    annotations: { readOnlyHint: true, destructiveHint: false },
    place: 'read',
    example: RELEASE,
  })
  async history(query: HelmHistoryDto, call: ToolCall): Promise<ToolResult> {
    return this.releases.history(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_get_values',
    title: 'Get Helm Release Values',
    description: 'Shows values given to a release; all_values adds those of its chart.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    place: 'read',
    example: RELEASE,
  })
  async getValues(query: GetValuesDto, call: ToolCall): Promise<string> {
    return this.releases.values(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_get_manifest',
    title: 'Get Helm Release Manifest',
    description: 'Shows objects as rendered. k8s_get has them as they are now.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    place: 'read',
    example: RELEASE,
  })
  async getManifest(query: GetManifestDto, call: ToolCall): Promise<string> {
    return this.releases.manifest(this.clusters.of(call), query, call);
  }
}
