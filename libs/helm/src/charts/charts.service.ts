import { Injectable } from '@nestjs/common';
import { Clusters, nearestHint, nearestNames } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { ChartDownloads } from './chart-downloads.js';
import type { RepositoryChart } from '../repositories/chart-index.js';
import { ChartSchemas } from './chart-schemas.js';
import { ChartSources, type ChartSource } from './chart-sources.js';
import { checkedValues } from '../releases/chart-values.js';
import type { SearchRepoDto } from './search-repo.dto.js';
import type { ShowValuesDto } from './show-values.dto.js';
import type { TemplateDto } from './template.dto.js';
import {
  HelmCli,
  remarksOf,
  textOf,
  type HelmCommand,
  type HelmLimits,
  type HelmOutcome,
} from '../cli/helm-cli.js';
import { redactManifests } from '../releases/redact-manifests.js';
import { HelmHome } from '../cli/helm-home.js';
import { renderTarget } from './render-target.js';
import { NO_REPOSITORIES } from '../repositories/repository-changes.js';
import { Repositories } from '../repositories/repositories.js';
import type { RepositoryEntry } from '../repositories/repository-file.js';

/** Versions of a chart that a failure names. */
const NAMED_VERSIONS = 10;
const MAX_SEARCH_CHARS = 1_000_000;

/** Looks at charts and renders them. */
@Injectable()
export class ChartsService {
  constructor(
    private readonly clusters: Clusters,
    private readonly sources: ChartSources,
    private readonly downloads: ChartDownloads,
    private readonly schemas: ChartSchemas,
    private readonly repositories: Repositories,
    private readonly home: HelmHome,
    private readonly cli: HelmCli,
  ) {}

  async showValues({ chart, version }: ShowValuesDto, call: ToolCall): Promise<string> {
    const source = await this.sources.resolve(chart, version, call.signal);
    const outcome = await this.run(source, { command: ['show', 'values'] }, [], call);
    return outcome.stdout.trim() === ''
      ? `The chart ${chart} has no values of its own.`
      : asComments(outcome);
  }

  async search(query: SearchRepoDto, call: ToolCall): Promise<string> {
    const { keyword, version, max_col_width: width } = query;
    const entries = await this.repositories.file.read();
    if (entries.length === 0) return NO_REPOSITORIES;
    await this.repositories.refresh(entries, call.signal);
    const flags = { 'max-col-width': width, version };
    const values = keyword === '' ? [] : [keyword];
    return this.home.inRun(async (run) => {
      await this.repositories.lend(run, entries);
      const command = { command: ['search', 'repo'], flags, values, run };
      return textOf(await this.cli.run(command, call));
    });
  }

  /** The manifests as helm prints them, with the values of Secrets shown as their size. */
  async template(query: TemplateDto, call: ToolCall): Promise<string> {
    const { release_name: name, chart, namespace, include_crds: includeCrds, version } = query;
    const input = await checkedValues(query.values, call.signal);
    const source = await this.sources.resolve(chart, version, call.signal);
    const { flags: capabilities, remark } = await renderTarget(this.clusters, call);
    const flags = {
      namespace: namespace ?? 'default',
      'include-crds': includeCrds,
      values: input === undefined ? undefined : '-',
      ...capabilities,
    };
    const outcome = await this.run(source, { command: ['template'], flags, input }, [name], call);
    const [text = ''] = await redactManifests([asComments(outcome)], call.signal);
    return remark === undefined ? text : `# ${remark.replaceAll('\n', ' ')}\n${text}`;
  }

  /**
   * Runs a command of helm on a chart.
   * @param before the arguments that come before the chart
   * @throws ToolError as `HelmCli.run`; for an unknown chart or version, with the nearest ones
   */
  async run(
    source: ChartSource,
    command: HelmCommand,
    before: readonly string[],
    limits: HelmLimits,
  ): Promise<HelmOutcome> {
    const { repository } = source;
    try {
      return await this.home.inRun(async (run) => {
        const chart = await this.downloads.get(source, run, limits.signal);
        await this.schemas.check(chart, limits.signal);
        const values = [...before, chart.path];
        const outcome = await this.cli.run({ ...command, values, run }, limits);
        return { ...outcome, chartDigest: chart.digest };
      });
    } catch (error) {
      const isUnknown =
        error instanceof ToolError && /no chart|chart ".*not found/.test(error.message);
      if (!isUnknown || !repository || limits.signal.aborted) throw error;
      throw await this.unknownChart(repository, error, limits.signal);
    }
  }

  private async unknownChart(
    { entry, chart }: RepositoryChart,
    cause: ToolError,
    signal: AbortSignal,
  ): Promise<ToolError> {
    const { name } = entry;
    const names = await this.repositories.chartNames(name);
    if (names.includes(chart)) {
      const versions = await this.versionsOf(entry, chart, signal);
      const message = `Chart "${name}/${chart}" has no such version. The newest are ${versions.join(', ')}.`;
      return new ToolError('not_found', message, { cause });
    }
    const nearest = nearestNames(chart, names).map((label) => `${name}/${label}`);
    const message = `Repository "${name}" has no chart "${chart}".${nearestHint(nearest)} helm_search_repo lists its charts.`;
    return new ToolError('not_found', message, { cause });
  }

  private async versionsOf(
    entry: RepositoryEntry,
    chart: string,
    signal: AbortSignal,
  ): Promise<string[]> {
    const name = `${entry.name}/${chart}`;
    const { stdout } = await this.home.inRun(async (run) => {
      await this.repositories.lend(run, [entry]);
      const flags = { versions: true, devel: true, output: 'json' };
      const command = { command: ['search', 'repo'], flags, values: [name], run };
      return this.cli.run(command, { signal, maxKeptChars: MAX_SEARCH_CHARS });
    });
    const found = JSON.parse(stdout) as { name: string; version: string }[];
    return found
      .filter((one) => one.name === name)
      .map((one) => one.version)
      .slice(0, NAMED_VERSIONS);
  }
}

/** YAML followed by the remarks as comments. */
function asComments(outcome: HelmOutcome): string {
  const comments = remarksOf(outcome).flatMap((remark) => remark.split('\n'));
  return [outcome.stdout.trimEnd(), ...comments.map((line) => `# ${line}`)].join('\n');
}
