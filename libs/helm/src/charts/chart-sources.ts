import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { nearestNames } from '#cluster';
import { invalidField, ToolError } from '#tools';
import type { RepositoryChart } from '../repositories/chart-index.js';
import type { HelmFlags } from '../cli/helm-cli.js';
import { helmConfig, type HelmConfig } from '../helm.config.js';
import { unknownRepository } from '../repositories/repository-changes.js';
import { Repositories } from '../repositories/repositories.js';

const ACCEPTS =
  'repository/chart, oci://registry/path/chart, https://host/chart.tgz, or ./chart in the folder of HELM_CHARTS_DIR';

/** A chart in the form in which helm is asked for it. */
export interface ChartSource {
  reference: string;
  flags: HelmFlags;
  /** Whether it is on this server's disk already. */
  isLocal?: boolean;
  /** Set for a chart of a repository that was added. */
  repository?: RepositoryChart;
}

/**
 * Finds out what a caller means by a chart, and refuses what this server does not allow, before
 * helm is started.
 */
@Injectable()
export class ChartSources {
  constructor(
    private readonly repositories: Repositories,
    @Inject(helmConfig.KEY) private readonly config: HelmConfig,
  ) {}

  /**
   * Resolves a chart by the name that helm takes. The index of its repository is fetched first if
   * it is old.
   * @throws ToolError `not_found` for a repository that was not added or a folder that does not
   * exist, `invalid_input` for what is not a chart or not allowed
   */
  async resolve(
    chart: string,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<ChartSource> {
    const source = await this.sourceOf(chart, signal);
    return { ...source, flags: { version, ...source.flags } };
  }

  private async sourceOf(chart: string, signal: AbortSignal): Promise<ChartSource> {
    if (/^(\.|\/|file:)/.test(chart)) return this.local(chart.replace(/^file:\/\//, ''));
    if (/^[a-z]+:/i.test(chart)) return this.remote(chart);
    const [name = '', ...path] = chart.split('/');
    if (path.length === 0 || path.includes('')) {
      throw invalidField('chart', `must be one of: ${ACCEPTS}; "${chart}" is none of them`, {
        accepts: ACCEPTS,
      });
    }
    const entries = await this.repositories.file.read();
    const entry = entries.find((one) => one.name === name);
    if (!entry) throw unknownRepository(name, entries);
    await this.repositories.refresh([entry], signal);
    return { reference: chart, flags: {}, repository: { entry, chart: path.join('/') } };
  }

  private remote(chart: string): ChartSource {
    const url = URL.parse(chart);
    if (!url || !['http:', 'https:', 'oci:'].includes(url.protocol)) {
      throw invalidField('chart', 'must be a chart that this server can reach', {
        accepts: ACCEPTS,
      });
    }
    if (url.username !== '' || url.password !== '') {
      throw invalidField('chart', 'must not contain a user or password; helm_repo_add takes them', {
        accepts: ACCEPTS,
      });
    }
    if (url.protocol !== 'oci:') return { reference: url.href, flags: {} };
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(url.host)) {
      throw invalidField('chart', 'must name a registry by its host', { accepts: ACCEPTS });
    }
    const isPlain = this.config.plainHttpRegistries.includes(url.host);
    return { reference: chart, flags: { 'plain-http': isPlain } };
  }

  private async local(path: string): Promise<ChartSource> {
    const { chartsDir } = this.config;
    if (chartsDir === undefined) {
      throw invalidField(
        'chart',
        'must not be a path: this server allows no folder of charts (HELM_CHARTS_DIR is not set)',
        { accepts: ACCEPTS },
      );
    }
    const wanted = resolve(chartsDir, path);
    if (!isWithin(chartsDir, wanted)) throw outside();
    try {
      const reference = await realpath(wanted);
      if (isWithin(await realpath(chartsDir), reference))
        return { reference, flags: {}, isLocal: true };
    } catch {
      throw await this.missing(path, wanted);
    }
    throw outside();
  }

  private async missing(path: string, wanted: string): Promise<ToolError> {
    const names = await readdir(dirname(wanted)).catch(() => []);
    const [nearest] = nearestNames(basename(wanted), names);
    const hint = nearest ? ` Did you mean "${join(dirname(path), nearest)}"?` : '';
    return new ToolError(
      'not_found',
      `There is no chart "${path}" in the folder of charts.${hint}`,
    );
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !way.startsWith('/'));
}

function outside(): ToolError {
  return invalidField('chart', 'must be within the folder of charts of this server', {
    accepts: ACCEPTS,
  });
}
