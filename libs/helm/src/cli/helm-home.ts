import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ToolError } from '#tools';
import { helmConfig, type HelmConfig } from '../helm.config.js';

/**
 * Milliseconds after which the folder of a run counts as abandoned, whoever made it: helm runs for
 * three hours at most.
 */
const ABANDONED_MS = 6 * 3_600_000;

/** The name of a run's folder, with the host and the process that made it. */
const RUN = /^staging-(?:(.+)-(\d+)-)?[^-]+$/;

/** Where helm keeps repositories and their indexes. */
export interface RepositoryPaths {
  config: string;
  cache: string;
}

/** The folder of one run of helm. Everything that helm writes is in it, and is removed with it. */
export interface HelmRun {
  readonly folder: string;
  /** Empty unless repositories are written there. */
  readonly repositories: RepositoryPaths;
  /** Where charts are downloaded to. */
  readonly downloads: string;
  /**
   * The working directory of helm. It stays empty, because helm takes a folder with the name of a
   * chart for that chart.
   */
  readonly workFolder: string;
}

/**
 * The folder of this server for helm's files. Helm neither reads nor writes the home of the user
 * who runs the server. It never writes to what runs share: each run has a folder of its own.
 */
@Injectable()
export class HelmHome implements OnApplicationBootstrap {
  private prepared: Promise<void> | undefined;

  constructor(@Inject(helmConfig.KEY) private readonly config: HelmConfig) {}

  get folder(): string {
    return this.config.homeDir;
  }

  /** The repositories that all callers share. */
  get repositories(): RepositoryPaths {
    return {
      config: join(this.folder, 'repositories.yaml'),
      cache: join(this.folder, 'cache', 'repository'),
    };
  }

  /** Downloaded charts, by their digests. */
  get charts(): string {
    return join(this.folder, 'charts');
  }

  /** Removes what runs left behind when their server ended. */
  async onApplicationBootstrap(): Promise<void> {
    if (existsSync(this.folder)) await this.prepare().catch(() => undefined);
  }

  /**
   * Creates the folders, once.
   * @throws ToolError `unavailable` where that is not possible
   */
  async prepare(): Promise<void> {
    this.prepared ??= this.makeFolders().catch((error: unknown) => {
      this.prepared = undefined;
      const message = `The folder of this server for Helm (HELM_HOME_DIR) cannot be written to: ${(error as NodeJS.ErrnoException).code}.`;
      throw new ToolError('unavailable', message, { cause: error, retryable: false });
    });
    return this.prepared;
  }

  /** Does work in a folder of its own, which is removed afterwards. */
  async inRun<T>(work: (run: HelmRun) => Promise<T>): Promise<T> {
    await this.prepare();
    const prefix = join(this.folder, `staging-${hostname()}-${process.pid}-`);
    const folder = await mkdtemp(prefix);
    try {
      const run: HelmRun = {
        folder,
        repositories: { config: join(folder, 'repositories.yaml'), cache: join(folder, 'cache') },
        downloads: join(folder, 'downloads'),
        workFolder: join(folder, 'empty'),
      };
      for (const path of [run.repositories.cache, run.downloads, run.workFolder]) await mkdir(path);
      return await work(run);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Lets a run read files of the shared cache. They are links: helm replaces a link where it
   * writes, and never follows it.
   */
  async lend(run: HelmRun, files: readonly string[]): Promise<void> {
    for (const file of files) {
      await symlink(join(this.repositories.cache, file), join(run.repositories.cache, file));
    }
  }

  /**
   * The environment of helm in a run. All of its folders are in the run, and no setting leads helm
   * to another cluster.
   */
  environment({ folder, repositories }: HelmRun): Record<string, string> {
    const own = (name: string) => join(folder, name);
    return {
      HELM_CACHE_HOME: own('cache'),
      HELM_CONFIG_HOME: own('config'),
      HELM_DATA_HOME: own('data'),
      HELM_PLUGINS: own('plugins'),
      HELM_CONTENT_CACHE: own('content'),
      HELM_REGISTRY_CONFIG: this.config.registryConfig,
      HELM_REPOSITORY_CONFIG: repositories.config,
      HELM_REPOSITORY_CACHE: repositories.cache,
      HELM_DRIVER: this.config.storage,
      DOCKER_CONFIG: join(this.folder, 'registry'),
      // There is no such file: a run that needs no cluster finds none.
      KUBECONFIG: own('kubeconfig'),
      TMPDIR: folder,
      ...NEUTRAL,
    };
  }

  private async makeFolders(): Promise<void> {
    for (const path of [this.repositories.cache, this.charts]) {
      await mkdir(path, { recursive: true, mode: 0o700 });
    }
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      if (await isAbandoned(name, path)) await rm(path, { recursive: true, force: true });
    }
    for (const name of await readdir(this.repositories.cache)) {
      // Only indexes belong here.
      if (!isIndexFile(name)) await rm(join(this.repositories.cache, name), { recursive: true });
    }
  }
}

/** The file in which helm keeps the index of a repository. */
export function indexFile(name: string): string {
  return `${name}-index.yaml`;
}

/** The file in which helm keeps the names of the charts of a repository. */
export function chartsFile(name: string): string {
  return `${name}-charts.txt`;
}

function isIndexFile(name: string): boolean {
  return name.endsWith(indexFile('')) || name.endsWith(chartsFile(''));
}

/** Whether a folder belongs to a run that has ended. Only valid before this server starts a run. */
async function isAbandoned(name: string, path: string): Promise<boolean> {
  const [isRun, host, pid] = RUN.exec(name) ?? [];
  if (!isRun) return false;
  if (host === hostname() && !isOther(Number(pid))) return true;
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > ABANDONED_MS;
}

/**
 * Whether a process other than this one has a pid. A server in a container often has the same pid
 * as the one before it.
 */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const NEUTRAL = {
  HELM_DEBUG: 'false',
  HELM_KUBEAPISERVER: '',
  HELM_KUBEASGROUPS: '',
  HELM_KUBEASUSER: '',
  HELM_KUBECAFILE: '',
  HELM_KUBECONTEXT: '',
  HELM_KUBEINSECURE_SKIP_TLS_VERIFY: 'false',
  HELM_KUBETLS_SERVER_NAME: '',
  HELM_KUBETOKEN: '',
  HELM_NAMESPACE: '',
  // Times in what helm prints.
  TZ: 'UTC',
};
