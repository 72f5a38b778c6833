import { Clusters, DryRunField } from '#cluster';
import { Tool, ToolProvider, type ToolCall } from '#tools';
import { InstallDto } from './install.dto.js';
import { InstallWithValuesDto } from './install-with-values.dto.js';
import { RollbackDto } from './rollback.dto.js';
import { UninstallDto } from './uninstall.dto.js';
import { UpgradeDto } from './upgrade.dto.js';
import { HELM } from '../helm.category.js';
import { HelmRequirement } from '../cli/helm.requirement.js';
import { ReleaseReturnsService } from './release-returns.service.js';
import { ReleaseWritesService } from './release-writes.service.js';

/** Seconds in addition to helm's own waits: to fetch a chart, and to report the outcome. */
const MARGIN_SECONDS = 60;

const EXAMPLE = { release_name: 'session-cache', chart: './cache', namespace: 'shop' };
const RELEASE = { release_name: 'shop-cache', namespace: 'shop' };

/** helm waits for hooks, then for objects, and a third time when it rolls a failure back. */
function timeLimit({
  timeout_seconds: seconds,
  atomic,
}: {
  timeout_seconds: number;
  atomic?: boolean;
}) {
  return seconds * (atomic ? 3 : 2) + MARGIN_SECONDS;
}

/** Tools that change releases. */
@ToolProvider({ ...HELM, sharedFields: [...HELM.sharedFields, DryRunField] })
export class ReleaseWritesTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly writes: ReleaseWritesService,
    private readonly returns: ReleaseReturnsService,
  ) {}

  @Tool({
    name: 'helm_install',
    title: 'Install Helm Chart',
    description:
      'Installs a chart (repo/chart, oci:// or https:// URL) as a new release with its own values; atomic removes a failed one.',
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    effects: ['create'],
    example: { ...EXAMPLE, dry_run: true },
    timeLimitSeconds: timeLimit,
    requires: [HelmRequirement],
  })
  async install(query: InstallDto, call: ToolCall): Promise<string> {
    return this.writes.install(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_install_with_values',
    title: 'Install Helm Chart with Custom Values',
    description:
      'Installs a chart as a new release with values (YAML). helm_show_values says what can be set.',
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    effects: ['create'],
    example: { ...EXAMPLE, values: 'replicas: 2\n', dry_run: true },
    timeLimitSeconds: timeLimit,
    requires: [HelmRequirement],
  })
  async installWithValues(query: InstallWithValuesDto, call: ToolCall): Promise<string> {
    return this.writes.install(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_upgrade',
    title: 'Upgrade Helm Release',
    description:
      'Changes values (YAML) or chart version of a release; only reuse_values keeps other values. install creates a missing one, atomic undoes a failure.',
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    effects: ['create', 'update'],
    example: {
      ...RELEASE,
      chart: './cache',
      values: 'replicas: 3\n',
      reuse_values: true,
      dry_run: true,
    },
    timeLimitSeconds: timeLimit,
    requires: [HelmRequirement],
  })
  async upgrade(query: UpgradeDto, call: ToolCall): Promise<string> {
    return this.writes.upgrade(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_uninstall',
    title: 'Uninstall Helm Release',
    description:
      'Deletes a release and its objects. keep_history lets helm_rollback bring it back.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['delete'],
    example: { ...RELEASE, dry_run: true },
    timeLimitSeconds: timeLimit,
    requires: [HelmRequirement],
  })
  async uninstall(query: UninstallDto, call: ToolCall): Promise<string> {
    return this.returns.uninstall(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'helm_rollback',
    title: 'Rollback Helm Release',
    description: 'Brings back a revision of helm_history (0: the previous).',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { ...RELEASE, revision: 1, dry_run: true },
    timeLimitSeconds: timeLimit,
    requires: [HelmRequirement],
  })
  async rollback(query: RollbackDto, call: ToolCall): Promise<string> {
    return this.returns.rollback(this.clusters.of(call), query, call);
  }
}
