import { Injectable } from '@nestjs/common';
import { nearestHint, nearestNames } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { ChartSources, type ChartSource } from './chart-sources.js';
import { checkedValues } from './chart-values.js';
import type { SearchRepoDto } from './dto/search-repo.dto.js';
import type { ShowValuesDto } from './dto/show-values.dto.js';
import type { TemplateDto } from './dto/template.dto.js';
import {
  HelmCli,
  textOf,
  type HelmCommand,
  type HelmLimits,
  type HelmOutcome,
} from './helm.cli.js';
import { redactManifests } from './redact-manifests.js';
import { NO_REPOSITORIES } from './repositories.client.js';
import { Repositories } from './repositories.js';

/** Versions of a chart that a failure names. */
const NAMED_VERSIONS = 10;
const MAX_SEARCH_CHARS = 1_000_000;

/** Looks at charts and renders them. */
@Injectable()
export class ChartsClient {
  constructor(
    private readonly sources: ChartSources,
    private readonly repositories: Repositories,
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
    return textOf(await this.cli.run({ command: ['search', 'repo'], flags, values }, call));
  }

  /** The manifests as helm prints them, with the values of Secrets shown as their size. */
  async template(query: TemplateDto, call: ToolCall): Promise<string> {
    const { release_name: name, chart, namespace, include_crds: includeCrds, version } = query;
    const input = await checkedValues(query.values, call.signal);
    const source = await this.sources.resolve(chart, version, call.signal);
    const flags = {
      namespace: namespace ?? 'default',
      'include-crds': includeCrds,
      values: input === undefined ? undefined : '-',
    };
    const outcome = await this.run(source, { command: ['template'], flags, input }, [name], call);
    const [text = ''] = await redactManifests([asComments(outcome)], call.signal);
    return text;
  }

  /**
   * Runs a command of helm on a chart.
   * @param before the values that stand before the chart
   * @throws ToolError as `HelmCli.run`, for an unknown chart or version with the nearest ones
   */
  async run(
    { reference, flags, repository }: ChartSource,
    command: HelmCommand,
    before: readonly string[],
    limits: HelmLimits,
  ): Promise<HelmOutcome> {
    try {
      return await this.cli.run(
        {
          ...command,
          flags: { ...command.flags, ...flags },
          values: [...before, reference],
        },
        limits,
      );
    } catch (error) {
      const isUnknown =
        error instanceof ToolError && /no chart|chart ".*not found/.test(error.message);
      if (!isUnknown || !repository || limits.signal.aborted) throw error;
      throw await this.unknownChart(repository, error, limits.signal);
    }
  }

  private async unknownChart(
    { name, chart }: NonNullable<ChartSource['repository']>,
    cause: ToolError,
    signal: AbortSignal,
  ): Promise<ToolError> {
    const names = await this.repositories.chartNames(name);
    if (names.includes(chart)) {
      const versions = await this.versionsOf(`${name}/${chart}`, signal);
      const message = `Chart "${name}/${chart}" has no such version. The newest are ${versions.join(', ')}.`;
      return new ToolError('not_found', message, { cause });
    }
    const nearest = nearestNames(chart, names).map((label) => `${name}/${label}`);
    const message = `Repository "${name}" has no chart "${chart}".${nearestHint(nearest)} helm_search_repo lists its charts.`;
    return new ToolError('not_found', message, { cause });
  }

  private async versionsOf(chart: string, signal: AbortSignal): Promise<string[]> {
    const { stdout } = await this.cli.run(
      {
        command: ['search', 'repo'],
        flags: { versions: true, devel: true, output: 'json' },
        values: [chart],
      },
      { signal, maxOutputChars: MAX_SEARCH_CHARS },
    );
    const found = JSON.parse(stdout) as { name: string; version: string }[];
    return found
      .filter((one) => one.name === chart)
      .map((one) => one.version)
      .slice(0, NAMED_VERSIONS);
  }
}

/** YAML with the warnings after it, as comments. */
function asComments({ stdout, warnings }: HelmOutcome): string {
  const comments = warnings === '' ? [] : warnings.split('\n').map((line) => `# ${line}`);
  return [stdout.trimEnd(), ...comments].join('\n');
}
