import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { ToolError } from '#tools';
import { helmConfig, type HelmConfig } from './helm.config.js';

const STAGING = 'staging-';

/** Milliseconds from which a staging folder is taken for left behind by a server that died. */
const ABANDONED_MS = 10 * 60_000;

/** Where helm keeps repositories and their indexes. */
export interface RepositoryPaths {
  config: string;
  cache: string;
}

/** The folder of this server in which helm keeps what it keeps; nothing of helm's is read from, or written to, the home of whoever runs the server. */
@Injectable()
export class HelmHome {
  private prepared: Promise<void> | undefined;

  constructor(@Inject(helmConfig.KEY) private readonly config: HelmConfig) {}

  get folder(): string {
    return this.config.homeDir;
  }

  get repositories(): RepositoryPaths {
    return {
      config: join(this.folder, 'repositories.yaml'),
      cache: join(this.folder, 'cache', 'repository'),
    };
  }

  /** The folder that helm runs in. It stays empty: helm takes a folder that is called like a chart for the chart. */
  get workFolder(): string {
    return join(this.folder, 'empty');
  }

  /** What the name of a staging folder begins with. */
  get stagingPrefix(): string {
    return join(this.folder, STAGING);
  }

  /** Makes the folders, once. @throws ToolError `unavailable` where that is not possible */
  async prepare(): Promise<void> {
    this.prepared ??= this.makeFolders().catch((error: unknown) => {
      this.prepared = undefined;
      const message = `The folder of this server for Helm (HELM_HOME_DIR) cannot be written: ${(error as NodeJS.ErrnoException).code}.`;
      throw new ToolError('unavailable', message, { cause: error, retryable: false });
    });
    return this.prepared;
  }

  /** The environment of every helm: all of its folders here, and none of the settings that would lead it to another cluster. */
  environment({ config, cache }: RepositoryPaths = this.repositories): Record<string, string> {
    const folder = (name: string) => join(this.folder, name);
    return {
      HELM_CACHE_HOME: folder('cache'),
      HELM_CONFIG_HOME: this.folder,
      HELM_DATA_HOME: folder('data'),
      HELM_PLUGINS: folder('plugins'),
      HELM_CONTENT_CACHE: folder('cache/content'),
      HELM_REGISTRY_CONFIG: this.config.registryConfig,
      HELM_REPOSITORY_CONFIG: config,
      HELM_REPOSITORY_CACHE: cache,
      HELM_DRIVER: this.config.storage,
      DOCKER_CONFIG: folder('registry'),
      ...NEUTRAL,
    };
  }

  private async makeFolders(): Promise<void> {
    const paths = [this.repositories.cache, this.workFolder, join(this.folder, 'plugins')];
    for (const path of paths) await mkdir(path, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      if (!name.startsWith(STAGING)) continue;
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
    }
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
