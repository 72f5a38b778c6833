import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { helmConfig, type HelmConfig } from '../helm.config.js';
import { HelmHome } from '../cli/helm-home.js';

/**
 * Downloaded charts by their SHA-256: those used last, up to the size in `HELM_CHART_CACHE_MB`.
 * Helm works on copies.
 */
@Injectable()
export class ChartStore {
  constructor(
    private readonly home: HelmHome,
    @Inject(helmConfig.KEY) private readonly config: HelmConfig,
  ) {}

  /** Copies a chart to a path. @returns whether it is kept here */
  async take(digest: string, path: string): Promise<boolean> {
    const file = this.pathOf(digest);
    if (file === undefined) return false;
    try {
      await copyFile(file, path, constants.COPYFILE_FICLONE);
      const now = new Date();
      await utimes(file, now, now).catch(() => undefined);
      return true;
    } catch {
      return false;
    }
  }

  /** Keeps a copy of a chart that was downloaded. @returns its digest */
  async keep(path: string): Promise<string> {
    const digest = await digestOf(path);
    const { size } = await stat(path);
    if (size > this.config.chartCacheBytes) return digest;
    const file = join(this.home.charts, `${digest}.tgz`);
    const unfinished = join(this.home.charts, `${randomUUID()}.unfinished`);
    try {
      await copyFile(path, unfinished, constants.COPYFILE_FICLONE);
      await rename(unfinished, file);
      await this.shrink();
    } catch {
      // The chart is used all the same, and downloaded again next time.
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
    return digest;
  }

  private pathOf(digest: string): string | undefined {
    return /^[0-9a-f]{64}$/.test(digest) ? join(this.home.charts, `${digest}.tgz`) : undefined;
  }

  private async shrink(): Promise<void> {
    const names = await readdir(this.home.charts);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.home.charts, name);
        const found = await stat(path).catch(() => undefined);
        return { path, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 };
      }),
    );
    let rest = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (rest <= this.config.chartCacheBytes) return;
      await rm(path, { force: true });
      rest -= size;
    }
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
