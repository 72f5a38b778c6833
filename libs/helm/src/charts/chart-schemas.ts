import { readdir } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { runInWorker, WorkTooLarge } from '#base';
import { ToolError } from '#tools';
import type { SchemaFindings, SchemaReference } from './chart-schemas.worker.js';
import { DownloadAddresses } from '../egress/download-addresses.js';

/** Milliseconds that searching a chart may take. */
const SEARCH_LIMIT_MS = 20_000;

const REMEMBERED = 2_000;

/** Files for which a folder must be searched. */
const OF_INTEREST = /(values\.schema\.json|\.tgz)$/;

/** A chart on the disk of this server. */
export interface LocalChart {
  path: string;
  /** The SHA-256 of one that was downloaded. */
  digest?: string;
}

/**
 * Keeps schemas of values from reading files of this server and from contacting other hosts: helm
 * follows every reference of a `values.schema.json`, and its errors reveal what is there.
 */
@Injectable()
export class ChartSchemas {
  private readonly known = new LRUCache<string, readonly SchemaReference[]>({ max: REMEMBERED });

  constructor(private readonly addresses: DownloadAddresses) {}

  /**
   * @throws ToolError `forbidden` naming file and reference; `failed` for a chart that cannot be
   * searched
   */
  async check(chart: LocalChart, signal: AbortSignal): Promise<void> {
    for (const { file, reference } of await this.referencesOf(chart, signal)) {
      const url = URL.parse(reference);
      const isHost = url?.protocol === 'https:' || url?.protocol === 'http:';
      if (isHost && this.addresses.isListed(url)) continue;
      const what = isHost ? `the host ${url.host}` : 'a file outside the chart';
      const way = isHost
        ? 'Bundle that schema into the chart, or have the host listed in the setting HELM_ALLOWED_HOSTS of this server.'
        : 'Only references within the schema itself ("#/…") work in a chart: bundle the other schema into its "$defs".';
      const message = `The chart is not used, because ${file} refers to ${what}: "${reference}". ${way}`;
      throw new ToolError('forbidden', message);
    }
  }

  private async referencesOf(
    { path, digest }: LocalChart,
    signal: AbortSignal,
  ): Promise<readonly SchemaReference[]> {
    const known = digest === undefined ? undefined : this.known.get(digest);
    if (known) return known;
    if (digest === undefined && !(await hasSchemas(path))) return [];
    const findings = await look(path, signal);
    if ('unreadable' in findings) {
      const message = `The chart cannot be used: ${findings.unreadable}.`;
      throw new ToolError('failed', message, { retryable: false });
    }
    if (digest !== undefined) this.known.set(digest, findings.references);
    return findings.references;
  }
}

/** Whether a chart must be searched; most folders need not be. */
async function hasSchemas(path: string): Promise<boolean> {
  try {
    const files = await readdir(path, { recursive: true, withFileTypes: true });
    return files.some((file) => OF_INTEREST.test(file.name) || file.isSymbolicLink());
  } catch {
    // It is not a folder.
    return true;
  }
}

async function look(path: string, signal: AbortSignal): Promise<SchemaFindings> {
  try {
    const file = new URL('./chart-schemas.worker.js', import.meta.url);
    return await runInWorker(file, path, { signal, timeoutMs: SEARCH_LIMIT_MS });
  } catch (error) {
    signal.throwIfAborted();
    const { message: why, code } = error as NodeJS.ErrnoException;
    const reason = error instanceof WorkTooLarge ? why : `it cannot be read (${code ?? 'error'})`;
    const message = `The chart cannot be searched for references in its schemas: ${reason}.`;
    throw new ToolError('failed', message, { cause: error, retryable: false });
  }
}
