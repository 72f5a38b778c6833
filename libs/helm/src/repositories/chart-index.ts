import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { runInWorker, WorkTooLarge } from '#base';
import { ToolError } from '#tools';
import { DownloadAddresses } from '../egress/download-addresses.js';
import { indexFile, type HelmRun } from '../cli/helm-home.js';
import type { IndexEntry } from './index-entries.js';
import { Repositories } from './repositories.js';
import { RepositoryFile, type RepositoryEntry } from './repository-file.js';

/** Milliseconds that reading the index of a repository may take. */
const READ_LIMIT_MS = 30_000;

/** Versions of charts that are remembered. */
const REMEMBERED = 20_000;

/**
 * The prefix of the schemes that replace addresses from which nothing is downloaded. Helm knows no
 * such scheme.
 */
const REFUSED = 'refused-';

/** A chart of a repository that was added. */
export interface RepositoryChart {
  entry: RepositoryEntry;
  chart: string;
}

/** The versions of a chart, and an id of this state of the index. */
export interface ChartVersions {
  id: string;
  entries: readonly IndexEntry[];
}

/**
 * Why helm may not download some versions, by the scheme that replaces their addresses. The failure
 * of helm names the scheme.
 */
export type Refusals = ReadonlyMap<string, ToolError>;

/** Reads indexes of repositories, and gives helm only what has been checked. */
@Injectable()
export class ChartIndex {
  private readonly known = new LRUCache<string, readonly IndexEntry[]>({ maxSize: REMEMBERED });

  constructor(
    private readonly repositories: Repositories,
    private readonly addresses: DownloadAddresses,
  ) {}

  /** @throws ToolError `upstream` for an index that cannot be read */
  async versions({ entry, chart }: RepositoryChart, signal: AbortSignal): Promise<ChartVersions> {
    const path = this.repositories.indexPath(entry.name);
    const { mtimeMs, size, ino } = await stat(path).catch(() => {
      const message = `There is no index of repository "${entry.name}" any more. helm_repo_update fetches it.`;
      throw new ToolError('not_found', message);
    });
    const id = `${entry.name}/${chart} ${mtimeMs} ${size} ${ino}`;
    const known = this.known.get(id);
    if (known) return { id, entries: known };
    const isThere = (await this.repositories.chartNames(entry.name)).includes(chart);
    const entries = isThere ? await read(path, chart, entry.name, signal) : [];
    this.known.set(id, entries, { size: entries.length + 1 });
    return { id, entries };
  }

  /**
   * Writes the repository into the folder of a run as helm is to see it: only this chart, and only
   * addresses that may be asked for.
   * @returns why some versions are left out
   */
  async lend(
    run: HelmRun,
    { entry, chart }: RepositoryChart,
    entries: readonly IndexEntry[],
  ): Promise<Refusals> {
    const refusals = new Map<string, ToolError>();
    const lent: IndexEntry[] = [];
    for (const one of entries) {
      const url = addressOf(one.urls[0] ?? '', entry.url);
      const error = this.refusal(url);
      const scheme = `${REFUSED}${refusals.size}`;
      if (error) refusals.set(scheme, error);
      lent.push({ ...one, urls: [error || !url ? `${scheme}://host/chart.tgz` : url.href] });
    }
    await new RepositoryFile(run.repositories.config).write([entry]);
    const index = { apiVersion: 'v1', entries: { [chart]: lent } };
    const path = join(run.repositories.cache, indexFile(entry.name));
    await writeFile(path, JSON.stringify(index));
    return refusals;
  }

  private refusal(url: URL | undefined): ToolError | undefined {
    if (!url) return new ToolError('upstream', 'The index names no address for this version.');
    try {
      this.addresses.checkLiteral(url);
      return undefined;
    } catch (error) {
      if (error instanceof ToolError) return error;
      throw error;
    }
  }
}

/** The absolute address of an entry, in a form that helm and this server read alike. */
function addressOf(text: string, base: string): URL | undefined {
  const folder = URL.parse(base);
  if (!folder || text === '') return undefined;
  const { search } = folder;
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(text);
  const url = isWhole ? URL.parse(text) : URL.parse(text, folder.href);
  if (!url || !['http:', 'https:', 'oci:'].includes(url.protocol)) return undefined;
  if (url.protocol === 'oci:' && !/^[a-z0-9.-]+(:\d+)?$/i.test(url.host)) return undefined;
  // As helm does, for repositories whose addresses carry a token.
  if (!isWhole && url.host === folder.host) url.search = search;
  return url;
}

async function read(
  path: string,
  chart: string,
  name: string,
  signal: AbortSignal,
): Promise<IndexEntry[]> {
  try {
    const file = new URL('./chart-index.worker.js', import.meta.url);
    return await runInWorker(file, { path, chart }, { signal, timeoutMs: READ_LIMIT_MS });
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof WorkTooLarge ? error.message : 'it is neither YAML nor JSON';
    const message = `The index of repository "${name}" cannot be read: ${why}. helm_repo_update fetches it again.`;
    throw new ToolError('upstream', message, { cause: error });
  }
}
