import { Injectable } from '@nestjs/common';
import type { Cluster } from '#cluster';
import { invalidField, type ToolCall, type ToolResult } from '#tools';
import { computedValues } from './chart-values.js';
import type { GetManifestDto } from './get-manifest.dto.js';
import type { GetValuesDto } from './get-values.dto.js';
import type { HelmHistoryDto } from './helm-history.dto.js';
import type { ListReleasesDto } from './list-releases.dto.js';
import type { HelmStatusDto } from './helm-status.dto.js';
import { HelmCli, type HelmFlags } from '../cli/helm-cli.js';
import { redactRelease } from './redact-manifests.js';
import { parseRelease, UndecodableRelease } from './release-decode.js';
import { historyText, listText, manifestText, statusText, valuesText } from './release-text.js';
import { isPending, recoveryHint } from './release-recovery.js';
import { latestRevisions } from './release-revision.js';
import { ReleaseStore } from './release-store.js';
import type { Release } from './release.js';

/** What `helm list` shows by default. */
const USUALLY_LISTED = ['deployed', 'failed'];

const OTHER_STATES = ['pending', 'uninstalling', 'uninstalled'];

/** What helm prints of values that are empty. */
const NO_VALUES = /^([A-Z -]+:\n)?(null|\{\})$/;

/** Characters of a release that helm prints as JSON. */
const MAX_RELEASE_CHARS = 32 * 1024 * 1024;

/**
 * Shows releases as helm prints them, from what is stored in the cluster. Only for a release that
 * cannot be decoded, helm itself is run.
 */
@Injectable()
export class ReleasesService {
  constructor(
    private readonly store: ReleaseStore,
    private readonly cli: HelmCli,
  ) {}

  async list(cluster: Cluster, query: ListReleasesDto, call: ToolCall): Promise<ToolResult> {
    const { namespace, all_namespaces: everywhere, all, limit, output } = query;
    if (everywhere && namespace !== undefined) {
      throw invalidField('namespace', 'must be left out with all_namespaces', {
        accepts: 'only one of the two',
      });
    }
    const where = everywhere ? undefined : (namespace ?? cluster.namespace);
    try {
      const revisions = await this.store.all(cluster, where, call.signal);
      const wanted = latestRevisions(revisions).filter(
        ({ status }) => all || USUALLY_LISTED.includes(status),
      );
      const releases = await this.store.summarize(cluster, wanted.slice(0, limit), call.signal);
      const left = wanted.length - limit;
      const more = `${left} more releases: raise limit, or name a namespace`;
      const rest =
        left <= 0 || output === 'json' ? '' : `\n${output === 'yaml' ? '# ' : ''}[${more}]`;
      return { output: listText(releases, output) + rest, data: { releases } };
    } catch (error) {
      const states = [...USUALLY_LISTED, ...(all ? OTHER_STATES : [])];
      const flags = {
        namespace: where,
        'all-namespaces': where === undefined,
        max: limit,
        output,
        ...Object.fromEntries(states.map((state) => [state, true])),
      };
      return { output: await this.byHelm(error, cluster, ['list'], flags, [], call) };
    }
  }

  async status(cluster: Cluster, query: HelmStatusDto, call: ToolCall): Promise<ToolResult> {
    const release = await redactRelease(await this.release(cluster, query, call), call.signal);
    const { name, namespace, version: revision, info } = release;
    const data = { name, namespace, revision, status: info.status, description: info.description };
    const text = statusText(release, query.output);
    const isLast = query.revision === undefined;
    const hint = isLast ? await this.hintFor(cluster, release, call.signal) : undefined;
    if (hint === undefined || query.output !== 'table') return { output: text, data };
    return { output: `${text}\n\n${hint}`, data: { ...data, hint } };
  }

  /** How to recover a release that an operation has left half done; undefined for any other. */
  private async hintFor(
    cluster: Cluster,
    { namespace, name, info: { status } }: Release,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (!isPending(status) && status !== 'uninstalling') return undefined;
    const revisions = await this.store.find(cluster, namespace, name, signal);
    return recoveryHint(this.store, cluster, revisions, signal);
  }

  async history(cluster: Cluster, query: HelmHistoryDto, call: ToolCall): Promise<ToolResult> {
    const { release_name: name, max_revisions: max, output } = query;
    const namespace = query.namespace ?? cluster.namespace;
    try {
      const revisions = await this.store.revisions(cluster, namespace, name, call.signal);
      const wanted = max === 0 ? revisions : revisions.slice(-max);
      const summaries = await this.store.summarize(cluster, wanted, call.signal);
      return { output: historyText(summaries, output), data: { revisions: summaries } };
    } catch (error) {
      const flags = { namespace, max: max || 1_000_000, output };
      return { output: await this.byHelm(error, cluster, ['history'], flags, [name], call) };
    }
  }

  async values(cluster: Cluster, query: GetValuesDto, call: ToolCall): Promise<string> {
    const text = await this.valuesAsHelm(cluster, query, call);
    if (query.output === 'json' || !NO_VALUES.test(text)) return text;
    const { release_name: name, all_values: all, namespace = cluster.namespace } = query;
    const why = all ? 'its chart has none either' : 'it has those of its chart (all_values)';
    const said = `No values set for release "${name}" in namespace "${namespace}": ${why}.`;
    return query.output === 'yaml' ? `# ${said}` : said;
  }

  private async valuesAsHelm(
    cluster: Cluster,
    query: GetValuesDto,
    call: ToolCall,
  ): Promise<string> {
    const { release_name: name, output, all_values: all, revision } = query;
    const namespace = query.namespace ?? cluster.namespace;
    try {
      const release = await this.store.read(cluster, namespace, name, call.signal, revision);
      const values = all ? computedValues(release) : (release.config ?? null);
      return valuesText(values, output, all ? 'COMPUTED VALUES' : 'USER-SUPPLIED VALUES');
    } catch (error) {
      const flags = { namespace, output, all, revision };
      return this.byHelm(error, cluster, ['get', 'values'], flags, [name], call);
    }
  }

  async manifest(cluster: Cluster, query: GetManifestDto, call: ToolCall): Promise<string> {
    const release = await this.release(cluster, query, call);
    const text = manifestText(await redactRelease(release, call.signal));
    return text === '' ? `Release "${release.name}" rendered no objects.` : text;
  }

  /**
   * One revision as it is stored. One that cannot be decoded is taken from what helm prints,
   * without its chart.
   */
  private async release(cluster: Cluster, query: GetManifestDto, call: ToolCall): Promise<Release> {
    const { release_name: name, revision } = query;
    const namespace = query.namespace ?? cluster.namespace;
    try {
      return await this.store.read(cluster, namespace, name, call.signal, revision);
    } catch (error) {
      const flags = { namespace, output: 'json', revision };
      const limits = { ...call, maxKeptChars: MAX_RELEASE_CHARS };
      const json = await this.byHelm(error, cluster, ['status'], flags, [name], limits);
      return await parseRelease(json, call.signal);
    }
  }

  /**
   * Runs helm for a release that cannot be decoded.
   * @throws any other error as it is
   */
  private async byHelm(
    error: unknown,
    cluster: Cluster,
    command: readonly string[],
    flags: HelmFlags,
    values: readonly string[],
    limits: Pick<ToolCall, 'signal' | 'maxKeptChars'>,
  ): Promise<string> {
    if (!(error instanceof UndecodableRelease)) throw error;
    const { stdout } = await this.cli.run({ command, flags, values, cluster }, limits);
    return stdout.trimEnd();
  }
}
