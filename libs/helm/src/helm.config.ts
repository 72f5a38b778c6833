import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ConfigType } from '@nestjs/config';
import { stateFolder } from '#base';
import { ChoiceSetting, IntSetting, registerConfig, TextSetting } from '#tools';
import { AllowedHosts } from './allowed-hosts.js';

/** Where helm keeps its releases, by each spelling that helm takes. */
const STORAGE = {
  secret: 'secrets',
  secrets: 'secrets',
  configmap: 'configmaps',
  configmaps: 'configmaps',
} as const;

class HelmEnvironment {
  @TextSetting({
    description: 'The folder for repositories, their indexes and downloaded charts.',
    otherwise: '`~/.local/state/skyflo-mcp/helm`',
  })
  HELM_HOME_DIR = '';

  @TextSetting({
    description: 'A folder whose charts may be installed by their path (`./chart`).',
    otherwise: 'none',
  })
  HELM_CHARTS_DIR = '';

  @ChoiceSetting({
    choices: Object.keys(STORAGE),
    description: 'The kind of object that releases are kept in.',
  })
  HELM_DRIVER: keyof typeof STORAGE = 'secret';

  @IntSetting({
    min: 0,
    description:
      'Seconds after which the index of a repository is fetched again before it is used.',
  })
  HELM_REPO_CACHE_SECONDS = 600;

  @TextSetting({
    isList: true,
    description:
      'OCI registries (`host` or `host:port`, joined by commas) that are reached over HTTP.',
  })
  HELM_PLAIN_HTTP_REGISTRIES = '';

  @TextSetting({
    description: 'A file with credentials of OCI registries, as `helm registry login` writes it.',
    otherwise: '`registry/config.json` in `HELM_HOME_DIR`',
  })
  HELM_REGISTRY_CONFIG = '';

  @TextSetting({
    isList: true,
    description:
      'Hosts that charts may come from although their addresses are not public, or over plain ' +
      'HTTP: names, addresses or networks (`10.0.0.0/8`), each with or without a port, joined by ' +
      'commas.',
    otherwise: 'none',
  })
  HELM_ALLOWED_HOSTS = '';

  @IntSetting({
    min: 64,
    description: 'Memory in MB above which a `helm` is ended: a template may ask for any amount.',
  })
  HELM_MAX_MEMORY_MB = 512;

  @IntSetting({
    min: 0,
    description: 'MB of downloaded charts that are kept. Those that were used last stay.',
  })
  HELM_CHART_CACHE_MB = 512;

  @TextSetting({
    description: 'The folder of the default `HELM_HOME_DIR`.',
    otherwise: '`~/.local/state`',
  })
  XDG_STATE_HOME = '';
}

/** How helm is run, and where charts may come from. */
export const helmConfig = registerConfig('helm', HelmEnvironment, (environment) => {
  const homeDir = resolve(
    environment.HELM_HOME_DIR || join(stateFolder(environment.XDG_STATE_HOME), 'helm'),
  );
  return {
    homeDir,
    chartsDir: chartsDirOf(environment),
    storage: STORAGE[environment.HELM_DRIVER],
    repoCacheMs: environment.HELM_REPO_CACHE_SECONDS * 1_000,
    plainHttpRegistries: listed(environment.HELM_PLAIN_HTTP_REGISTRIES),
    allowedHosts: new AllowedHosts(listed(environment.HELM_ALLOWED_HOSTS)),
    maxMemoryMb: environment.HELM_MAX_MEMORY_MB,
    chartCacheBytes: environment.HELM_CHART_CACHE_MB * 1_000_000,
    registryConfig: environment.HELM_REGISTRY_CONFIG || join(homeDir, 'registry', 'config.json'),
  };
});

export type HelmConfig = ConfigType<typeof helmConfig>;

/** @throws Error for a folder that is not there: a typing error would else look like no charts */
function chartsDirOf({ HELM_CHARTS_DIR }: HelmEnvironment): string | undefined {
  if (HELM_CHARTS_DIR === '') return undefined;
  const folder = resolve(HELM_CHARTS_DIR);
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder) {
    throw new Error(`HELM_CHARTS_DIR must be a folder that is there. "${folder}" is none.`);
  }
  return folder;
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
