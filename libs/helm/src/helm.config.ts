import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerAs, type ConfigType } from '@nestjs/config';
import { IsIn, IsInt, IsString, Min } from 'class-validator';
import { readConfig } from '#tools';
import { AllowedHosts } from './allowed-hosts.js';

/** Where helm keeps its releases, by each spelling that helm takes. */
const STORAGE = {
  secret: 'secrets',
  secrets: 'secrets',
  configmap: 'configmaps',
  configmaps: 'configmaps',
} as const;

class HelmEnvironment {
  @IsString()
  HELM_HOME_DIR = '';

  @IsString()
  HELM_CHARTS_DIR = '';

  @IsIn(Object.keys(STORAGE))
  HELM_DRIVER: keyof typeof STORAGE = 'secret';

  @IsInt()
  @Min(0)
  HELM_REPO_CACHE_SECONDS = 600;

  @IsString()
  HELM_PLAIN_HTTP_REGISTRIES = '';

  @IsString()
  HELM_REGISTRY_CONFIG = '';

  @IsString()
  HELM_ALLOWED_HOSTS = '';

  @IsInt()
  @Min(64)
  HELM_MAX_MEMORY_MB = 512;

  @IsInt()
  @Min(0)
  HELM_CHART_CACHE_MB = 512;

  @IsString()
  XDG_STATE_HOME = '';

  @IsString()
  HTTPS_PROXY = '';

  @IsString()
  HTTP_PROXY = '';

  @IsString()
  https_proxy = '';

  @IsString()
  http_proxy = '';
}

/**
 * `HELM_HOME_DIR`: the folder for repositories and caches; the default is
 * `~/.local/state/skyflo-mcp/helm` (`XDG_STATE_HOME`). `HELM_CHARTS_DIR`: the folder whose charts
 * may be installed by their path; none unless set. `HELM_DRIVER`: where releases are kept, `secret`
 * or `configmap`. `HELM_REPO_CACHE_SECONDS`: the age from which a repository's index is fetched
 * anew before it is used. `HELM_PLAIN_HTTP_REGISTRIES`: OCI registries (host or host:port, joined
 * by commas) that are reached over HTTP. `HELM_ALLOWED_HOSTS`: hosts that are downloaded from
 * though their addresses are not public, joined by commas (see `AllowedHosts`).
 * `HELM_MAX_MEMORY_MB`: the memory from which a helm is ended. `HELM_CHART_CACHE_MB`: how much of
 * downloaded charts is kept. `HELM_REGISTRY_CONFIG`: the credentials of OCI registries, a file as
 * `helm registry login` writes it.
 */
export const helmConfig = registerAs('helm', () => {
  const environment = readConfig(HelmEnvironment);
  const state = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const homeDir = resolve(environment.HELM_HOME_DIR || join(state, 'skyflo-mcp', 'helm'));
  return {
    homeDir,
    chartsDir: environment.HELM_CHARTS_DIR ? resolve(environment.HELM_CHARTS_DIR) : undefined,
    storage: STORAGE[environment.HELM_DRIVER],
    repoCacheMs: environment.HELM_REPO_CACHE_SECONDS * 1_000,
    plainHttpRegistries: listed(environment.HELM_PLAIN_HTTP_REGISTRIES),
    allowedHosts: new AllowedHosts(listed(environment.HELM_ALLOWED_HOSTS)),
    /** Whether names may be resolved by a proxy alone. */
    usesProxy: [
      environment.HTTPS_PROXY,
      environment.HTTP_PROXY,
      environment.https_proxy,
      environment.http_proxy,
    ].some((proxy) => proxy !== ''),
    maxMemoryMb: environment.HELM_MAX_MEMORY_MB,
    chartCacheBytes: environment.HELM_CHART_CACHE_MB * 1_000_000,
    registryConfig: environment.HELM_REGISTRY_CONFIG || join(homeDir, 'registry', 'config.json'),
  };
});

export type HelmConfig = ConfigType<typeof helmConfig>;

function listed(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
