import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerAs, type ConfigType } from '@nestjs/config';
import { IsIn, IsInt, IsString, Min } from 'class-validator';
import { readConfig } from '#tools';

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
  XDG_STATE_HOME = '';
}

/**
 * `HELM_HOME_DIR`: the folder for repositories and caches; the default is `~/.local/state/skyflo-mcp/helm` (`XDG_STATE_HOME`).
 * `HELM_CHARTS_DIR`: the folder whose charts may be installed by their path; none unless set.
 * `HELM_DRIVER`: where releases are kept, `secret` or `configmap`.
 * `HELM_REPO_CACHE_SECONDS`: the age from which a repository's index is fetched anew before it is used.
 * `HELM_PLAIN_HTTP_REGISTRIES`: OCI registries (host or host:port, joined by commas) that are reached over HTTP.
 * `HELM_REGISTRY_CONFIG`: the credentials of OCI registries, a file as `helm registry login` writes it.
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
    plainHttpRegistries: environment.HELM_PLAIN_HTTP_REGISTRIES.split(',')
      .map((host) => host.trim())
      .filter((host) => host !== ''),
    registryConfig: environment.HELM_REGISTRY_CONFIG || join(homeDir, 'registry', 'config.json'),
  };
});

export type HelmConfig = ConfigType<typeof helmConfig>;
