import { existsSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { untilAborted } from '#base';
import { ToolError } from '#tools';
import { withoutCredentials } from '../cli/helm-failure.js';
import { HelmCli } from '../cli/helm-cli.js';
import { helmConfig, type HelmConfig } from '../helm.config.js';
import { DownloadAddresses } from '../egress/download-addresses.js';
import { chartsFile, HelmHome, indexFile, type HelmRun } from '../cli/helm-home.js';
import { RepositoryFile, type RepositoryEntry } from './repository-file.js';

const FETCH_LIMIT_MS = 60_000;
const MAX_REPORT_CHARS = 100_000;

/** The result of fetching some indexes: the report of helm, and the reason of each failure. */
export interface FetchOutcome {
  report: string;
  failed: { name: string; reason: string; error?: ToolError }[];
}

/**
 * The chart repositories of this server. One call at a time changes them. A new index is fetched
 * beside the one in use and then replaces it atomically, so that nobody reads half of one.
 */
@Injectable()
export class Repositories {
  private readonly logger = new Logger(Repositories.name);
  private last: Promise<unknown> = Promise.resolve();
  private readonly refreshing = new Map<string, Promise<void>>();

  constructor(
    private readonly cli: HelmCli,
    private readonly home: HelmHome,
    private readonly addresses: DownloadAddresses,
    @Inject(helmConfig.KEY) private readonly config: HelmConfig,
  ) {}

  /** The file that names them. */
  get file(): RepositoryFile {
    return new RepositoryFile(this.home.repositories.config);
  }

  /**
   * Does work that changes repositories, after the work before it has ended. The work is not
   * started if its caller has given up by then.
   */
  async alone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(async () => {
      signal.throwIfAborted();
      await this.home.prepare();
      return work();
    });
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /**
   * Fetches the indexes of some repositories. The failure of one does not affect the others. Must
   * be called within `alone`.
   */
  async fetch(entries: readonly RepositoryEntry[], signal: AbortSignal): Promise<FetchOutcome> {
    const refused = this.refused(entries);
    const allowed = entries.filter(({ name }) => !refused.has(name));
    if (allowed.length === 0) return { report: '', failed: failuresOf(refused) };
    return this.home.inRun(async (run) => {
      const { config, cache } = run.repositories;
      await new RepositoryFile(config).write(allowed);
      const { stdout, failure, downloadFailures } = await this.cli.attempt(
        { command: ['repo', 'update'], run },
        { signal, maxKeptChars: MAX_REPORT_CHARS },
      );
      const report = withoutCredentials(stdout);
      const failed = allowed
        .filter(({ name }) => !existsSync(join(cache, indexFile(name))))
        .map(({ name }) => {
          const said = reasonIn(report, name);
          const error = downloadFailures.find(({ message }) => said?.includes(message));
          return { name, reason: error?.message ?? said ?? failure?.message ?? '', error };
        });
      for (const { name } of allowed) await this.take(cache, name);
      return { report: report.trim(), failed: [...failed, ...failuresOf(refused)] };
    });
  }

  /** Lets a run of helm read repositories: their entries and their indexes. */
  async lend(run: HelmRun, entries: readonly RepositoryEntry[]): Promise<void> {
    await new RepositoryFile(run.repositories.config).write(entries);
    await this.home.lend(
      run,
      entries.map(({ name }) => indexFile(name)),
    );
  }

  /** The path of the index of a repository. */
  indexPath(name: string): string {
    return join(this.home.repositories.cache, indexFile(name));
  }

  /**
   * Fetches the indexes that are older than the time limit. Calls that need the same index wait for
   * one fetch. If it fails, the old index stays in use.
   */
  async refresh(entries: readonly RepositoryEntry[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      entries.map(async (entry) => {
        if (await this.isFresh(entry.name)) return;
        await untilAborted(this.refreshOne(entry), signal);
      }),
    );
  }

  /** The names of the charts in the fetched index of a repository. */
  async chartNames(name: string): Promise<string[]> {
    const path = join(this.home.repositories.cache, chartsFile(name));
    const text = await readFile(path, 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Removes what was fetched of a repository. */
  async forget(name: string): Promise<void> {
    for (const file of [indexFile(name), chartsFile(name)]) {
      await rm(join(this.home.repositories.cache, file), { force: true });
    }
  }

  private refreshOne(entry: RepositoryEntry): Promise<void> {
    const { name } = entry;
    const running = this.refreshing.get(name);
    if (running) return running;
    // Others may still wait for it when the caller who started it has given up.
    const signal = AbortSignal.timeout(FETCH_LIMIT_MS);
    const refreshing = this.alone(signal, async () => {
      const { failed } = await this.fetch([entry], signal);
      const [failure] = failed;
      if (!failure) return;
      this.logger.warn(`The index of "${name}" could not be fetched: ${failure.reason}`);
      if (existsSync(this.indexPath(name))) return;
      if (failure.error) throw failure.error;
      throw new ToolError(
        'upstream',
        `The index of repository "${name}" could not be fetched: ${failure.reason}`,
      );
    }).finally(() => this.refreshing.delete(name));
    this.refreshing.set(name, refreshing);
    return refreshing;
  }

  private async isFresh(name: string): Promise<boolean> {
    try {
      const { mtimeMs } = await stat(this.indexPath(name));
      return Date.now() - mtimeMs < this.config.repoCacheMs;
    } catch {
      return false;
    }
  }

  /** The repositories that this server does not download from, with the reasons. */
  private refused(entries: readonly RepositoryEntry[]): Map<string, ToolError> {
    const refused = new Map<string, ToolError>();
    for (const { name, url } of entries) {
      try {
        this.addresses.checkLiteral(new URL(url));
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        refused.set(name, error);
      }
    }
    return refused;
  }

  private async take(staging: string, name: string): Promise<void> {
    for (const file of [chartsFile(name), indexFile(name)]) {
      const fetched = join(staging, file);
      if (existsSync(fetched)) await rename(fetched, join(this.home.repositories.cache, file));
    }
  }
}

function failuresOf(refused: ReadonlyMap<string, ToolError>): FetchOutcome['failed'] {
  return [...refused].map(([name, error]) => ({ name, reason: error.message, error }));
}

/** What helm's report says about a repository that could not be fetched. */
function reasonIn(report: string, name: string): string | undefined {
  const lines = report.split('\n');
  const at = lines.findIndex((line) =>
    line.startsWith(`...Unable to get an update from the "${name}"`),
  );
  return at < 0 ? undefined : lines[at + 1]?.trim();
}
