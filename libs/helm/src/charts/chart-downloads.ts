import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ToolError } from '#tools';
import { ChartIndex } from '../repositories/chart-index.js';
import type { LocalChart } from './chart-schemas.js';
import type { ChartSource } from './chart-sources.js';
import { ChartStore } from './chart-store.js';
import { DownloadAddresses } from '../egress/download-addresses.js';
import { HelmCli } from '../cli/helm-cli.js';
import { indexFile, type HelmRun } from '../cli/helm-home.js';
import { Repositories } from '../repositories/repositories.js';
import { RepositoryFile } from '../repositories/repository-file.js';

const MAX_REPORT_CHARS = 100_000;

/** Versions whose charts are remembered. */
const REMEMBERED = 2_000;

/**
 * Downloads charts, each into the folder of the run that needs it. What was downloaded before is
 * taken from the store.
 */
@Injectable()
export class ChartDownloads {
  /** Digests by index, chart and requested version. */
  private readonly known = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(
    private readonly index: ChartIndex,
    private readonly store: ChartStore,
    private readonly repositories: Repositories,
    private readonly addresses: DownloadAddresses,
    private readonly cli: HelmCli,
  ) {}

  /**
   * Gets a chart onto this server's disk, where it stays as long as the run lasts.
   * @throws ToolError `forbidden` for an address that nothing is downloaded from, and what helm
   * says
   */
  async get(source: ChartSource, run: HelmRun, signal: AbortSignal): Promise<LocalChart> {
    if (source.isLocal) return { path: source.reference };
    return source.repository
      ? this.fromRepository(source, source.repository, run, signal)
      : this.fromAddress(source, run, signal);
  }

  private async fromRepository(
    source: ChartSource,
    chart: NonNullable<ChartSource['repository']>,
    run: HelmRun,
    signal: AbortSignal,
  ): Promise<LocalChart> {
    const version = source.flags['version'] as string | undefined;
    this.addresses.checkLiteral(new URL(chart.entry.url));
    const { id, entries } = await this.index.versions(chart, signal);
    const refusals = await this.index.lend(run, chart, entries);
    const key = `${id} ${version ?? ''}`;
    const exact = refusals.size > 0 ? undefined : entries.find((one) => one.version === version);
    const digest = this.known.get(key) ?? exact?.digest;
    const path = join(run.downloads, `${chart.chart.replaceAll('/', '-')}.tgz`);
    if (digest !== undefined && (await this.store.take(digest, path))) return { path, digest };
    try {
      const fetched = await this.pull(source, run, signal);
      if (fetched.digest !== undefined) this.known.set(key, fetched.digest);
      return fetched;
    } catch (error) {
      const scheme = error instanceof ToolError && /"(refused-\d+)"/.exec(error.message)?.[1];
      throw (scheme && refusals.get(scheme)) || error;
    }
  }

  private async fromAddress(
    source: ChartSource,
    run: HelmRun,
    signal: AbortSignal,
  ): Promise<LocalChart> {
    const url = new URL(source.reference);
    this.addresses.checkLiteral(url);
    await this.lendOwner(url, run);
    return this.pull(source, run, signal);
  }

  /**
   * Helm takes the credentials of the repository whose index names the address. Here that is the
   * repository that contains the address.
   */
  private async lendOwner({ href }: URL, run: HelmRun): Promise<void> {
    const entries = await this.repositories.file.read();
    const owner = entries.find(
      ({ url, username }) => username && href.startsWith(`${url.replace(/\/+$/, '')}/`),
    );
    if (!owner) return;
    const version = { apiVersion: 'v1', name: 'chart', version: '0.0.0', urls: [href] };
    await new RepositoryFile(run.repositories.config).write([owner]);
    await writeFile(
      join(run.repositories.cache, indexFile(owner.name)),
      JSON.stringify({ apiVersion: 'v1', entries: { chart: [version] } }),
    );
  }

  private async pull(
    { reference, flags }: ChartSource,
    run: HelmRun,
    signal: AbortSignal,
  ): Promise<LocalChart> {
    const command = {
      command: ['pull'],
      flags: { ...flags, destination: run.downloads },
      values: [reference],
      run,
    };
    await this.cli.run(command, { signal, maxKeptChars: MAX_REPORT_CHARS });
    const [name, ...others] = await readdir(run.downloads);
    if (name === undefined || others.length > 0) {
      throw new ToolError('upstream', `helm downloaded no chart from ${reference}.`);
    }
    const path = join(run.downloads, name);
    return { path, digest: await this.store.keep(path) };
  }
}
