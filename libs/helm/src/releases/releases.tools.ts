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
    description:
      'Lists the Helm releases of one namespace or of all namespaces, with revision, state and chart. Use it to find the exact name of a release; set all to include pending releases.',
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
    description:
      'Shows the state of a release, when it was deployed, and the notes of its chart. Use it after an install or upgrade; helm_history shows how it came to that state.',
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
    description:
      'Lists the revisions of a release with their state, chart and what was done. Use it to find the revision to go back to with helm_rollback.',
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
    description:
      "Shows the values that a release was installed with, or with all_values also the chart's own. Use it before an upgrade, to see what is set.",
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
    description:
      'Shows the manifest of the objects that a release consists of, as it was rendered; values of Secrets appear as their size. Use it to see what a chart has created; k8s_get shows the objects as they are now.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    place: 'read',
    example: RELEASE,
  })
  async getManifest(query: GetManifestDto, call: ToolCall): Promise<string> {
    return this.releases.manifest(this.clusters.of(call), query, call);
  }
}
