import { Injectable } from '@nestjs/common';
import { ifFound, isDryRun, type Cluster, type Upstream } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { checkedValues } from '../releases/chart-values.js';
import { ChartSources, type ChartSource } from '../charts/chart-sources.js';
import { ChartsService } from '../charts/charts.service.js';
import type { InstallDto } from './install.dto.js';
import type { UpgradeDto } from './upgrade.dto.js';
import { remarksOf, type HelmFlags, type HelmOutcome } from '../cli/helm-cli.js';
import { HelmVersion } from '../cli/helm-version.js';
import { ReleaseChanges, type ChangeTarget } from './release-changes.js';
import { previewText } from './release-preview.js';
import { isPending, recoveryHint } from '../releases/release-recovery.js';
import { ReleaseStore } from '../releases/release-store.js';

/** Characters of the definitions of custom resources in a chart. */
const MAX_DEFINITION_CHARS = 16 * 1024 * 1024;

const INSTALL_EVENTS = ['pre-install', 'post-install'];
const UPGRADE_EVENTS = ['pre-upgrade', 'post-upgrade'];

/** The parameters that installing and upgrading have in common. */
type Query = Pick<InstallDto, 'chart' | 'wait' | 'atomic' | 'timeout_seconds'> &
  Partial<Pick<UpgradeDto, 'force_conflicts'>>;

/** How helm is started for an install or an upgrade. */
interface Deployment {
  command: 'install' | 'upgrade';
  source: ChartSource;
  /** Checked values, as text. */
  values: string | undefined;
  /** Flags of this command only. */
  flags: HelmFlags;
}

/** How helm is started for a preview. */
interface Rehearsed {
  rehearse: (through: Upstream) => Promise<HelmOutcome>;
  /** Prints the custom resource definitions of the chart. */
  definitions: () => Promise<string>;
}

/** Installs charts as releases, and upgrades releases. */
@Injectable()
export class ReleaseWritesService {
  constructor(
    private readonly store: ReleaseStore,
    private readonly sources: ChartSources,
    private readonly charts: ChartsService,
    private readonly version: HelmVersion,
    private readonly changes: ReleaseChanges,
  ) {}

  /** @throws ToolError `conflict` when the name is taken, and as `ReleaseChanges.follow` */
  async install(
    cluster: Cluster,
    query: InstallDto & { values?: string },
    call: ToolCall,
  ): Promise<string> {
    const { release_name: name, namespace, create_namespace: createNamespace } = query;
    const values = await checkedValues(query.values, call.signal);
    const source = await this.sources.resolve(query.chart, query.version, call.signal);
    const revisions = await this.store.find(cluster, namespace, name, call.signal);
    const last = revisions.at(-1);
    if (last) {
      const way =
        last.status === 'uninstalled'
          ? 'It is uninstalled, with its history kept: helm_upgrade brings it back, helm_uninstall forgets it.'
          : ((await recoveryHint(this.store, cluster, revisions, call.signal)) ??
            'helm_upgrade changes it.');
      const message = `Release "${name}" already exists in namespace "${namespace}" (${last.status}). ${way}`;
      throw new ToolError('conflict', message);
    }
    return this.deploy(
      { cluster, namespace, name, revisions },
      query,
      { command: 'install', source, values, flags: { 'create-namespace': createNamespace } },
      call,
    );
  }

  /**
   * @throws ToolError `not_found` for a release that does not exist and is not to be installed,
   * `conflict` when another operation has not ended, and as `ReleaseChanges.follow`
   */
  async upgrade(cluster: Cluster, query: UpgradeDto, call: ToolCall): Promise<string> {
    const { release_name: name, install, reuse_values: reuseValues, create_namespace } = query;
    const namespace = query.namespace ?? cluster.namespace;
    const values = await checkedValues(query.values, call.signal);
    const source = await this.sources.resolve(query.chart, query.version, call.signal);
    const revisions = install
      ? await this.store.find(cluster, namespace, name, call.signal)
      : await this.store.revisions(cluster, namespace, name, call.signal);
    if (isPending(revisions.at(-1)?.status ?? '')) {
      const hint = await recoveryHint(this.store, cluster, revisions, call.signal);
      const message = `Another operation on release "${name}" has not ended. ${hint}`;
      throw new ToolError('conflict', message);
    }
    const flags = {
      install,
      'create-namespace': install && create_namespace,
      'reuse-values': reuseValues,
    };
    const target = { cluster, namespace, name, revisions };
    return this.deploy(target, query, { command: 'upgrade', source, values, flags }, call);
  }

  private async deploy(
    target: ChangeTarget,
    query: Query,
    { command, source, values: input, flags: own }: Deployment,
    call: ToolCall,
  ): Promise<string> {
    const { chart, wait, atomic, timeout_seconds, force_conflicts: forceConflicts } = query;
    const { cluster, namespace, name } = target;
    // Helm would try to create it again, for which not everybody has the right.
    const isMissing =
      own['create-namespace'] === true && !(await hasNamespace(cluster, namespace, call.signal));
    const flags = {
      ...own,
      'create-namespace': isMissing,
      namespace,
      timeout: `${timeout_seconds}s`,
      values: input === undefined ? undefined : '-',
    };
    const start = (extra: HelmFlags, through?: Upstream) =>
      this.charts.run(
        source,
        { command: [command], cluster, through, input, flags: { ...flags, ...extra } },
        [name],
        call,
      );
    if (isDryRun(call)) {
      const force = await this.version.flags({ forceConflicts });
      const rehearsed = { ...force, 'no-hooks': true, 'skip-crds': true };
      const rehearse = (through: Upstream) => start(rehearsed, through);
      const definitions = () => this.definitionsOf(source, call);
      return this.previewed(target, chart, { rehearse, definitions }, call);
    }
    const extra = { wait, ...(await this.version.flags({ atomic, forceConflicts })) };
    return this.changes.follow(target, () => start(extra), call);
  }

  private async previewed(
    { cluster, namespace, name, revisions }: ChangeTarget,
    chart: string,
    { rehearse, definitions }: Rehearsed,
    call: ToolCall,
  ): Promise<string> {
    const deployed = revisions.findLast(({ status }) => status === 'deployed') ?? revisions.at(-1);
    const isInstalled = deployed !== undefined && deployed.status !== 'uninstalled';
    const before = isInstalled
      ? await this.store.content(cluster, deployed, call.signal)
      : undefined;
    const next = (revisions.at(-1)?.revision ?? 0) + 1;
    const summary = before
      ? `Release "${name}" in namespace "${namespace}" would be upgraded to revision ${next} with chart ${chart}`
      : `Release "${name}" would be installed into namespace "${namespace}" from chart ${chart}`;
    const events = before ? UPGRADE_EVENTS : INSTALL_EVENTS;
    const change = { name, namespace, before, events, summary };
    // An upgrade installs no definitions.
    const planned = before ? change : { ...change, definitions };
    let remarks: string[] = [];
    const noted = async (through: Upstream) => {
      const { chartDigest } = await rehearse(through);
      remarks = remarksOf({ warnings: '', chartDigest });
    };
    const text = await previewText(cluster, planned, noted, call);
    return [text, ...remarks].join('\n\n');
  }

  private async definitionsOf(source: ChartSource, { signal }: ToolCall): Promise<string> {
    const limits = { signal, maxKeptChars: MAX_DEFINITION_CHARS };
    const { stdout } = await this.charts.run(source, { command: ['show', 'crds'] }, [], limits);
    return stdout;
  }
}

/** Whether a namespace is there. One that may not be looked at is: it is not ours to create. */
async function hasNamespace(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
    return (await ifFound(cluster.request(path, { signal }))) !== undefined;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'forbidden') return true;
    throw error;
  }
}
