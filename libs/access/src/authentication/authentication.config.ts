import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigType } from '@nestjs/config';
import { stateFolder } from '#base';
import { registerConfig } from '#tools';
import { AuthenticationEnvironment } from './authentication.environment.js';
import { certificatesIn } from './certificates.js';
import { safeAddress } from './oidc/issuer-documents.js';
import type { OidcSettings } from './oidc/oidc-tokens.js';
import { audiencesOf } from './resource-metadata.js';
import type { TrustedProxySettings } from './trusted-proxy.js';

/**
 * How callers prove who they are, and by what name they know the server.
 * @throws Error for settings that contradict each other, or a file that cannot be read
 */
export const authenticationConfig = registerConfig(
  'authentication',
  AuthenticationEnvironment,
  (environment) => {
    const folder = stateFolder(environment.XDG_STATE_HOME);
    const publicUrl = environment.PUBLIC_URL.replace(/\/+$/, '') || undefined;
    refuseContradictions(environment);
    return {
      /** Whether everybody may call, whoever it is. */
      isOff: environment.AUTH === 'none',
      stateFolder: folder,
      /** What the server is called outside, without a slash at its end. */
      publicUrl,
      apiKeys: {
        file: environment.API_KEYS_FILE || join(folder, 'api-keys.json'),
        isFileSet: environment.API_KEYS_FILE !== '',
        pepperFile: environment.API_KEYS_PEPPER_FILE,
      },
      oidc: oidcOf(environment, publicUrl),
      trustedProxy: trustedProxyOf(environment),
      tls: environment.TLS_CERT_FILE
        ? { certFile: environment.TLS_CERT_FILE, keyFile: environment.TLS_KEY_FILE }
        : undefined,
    };
  },
);

export type AuthenticationConfig = ConfigType<typeof authenticationConfig>;

function refuseContradictions(environment: AuthenticationEnvironment): void {
  const { AUTH, API_KEYS_FILE, OIDC_ISSUER, TRUSTED_PROXY_USER_HEADER } = environment;
  const ways = { API_KEYS_FILE, OIDC_ISSUER, TRUSTED_PROXY_USER_HEADER };
  const [way] = Object.entries(ways).find(([, value]) => value !== '') ?? [];
  if (AUTH === 'none' && way !== undefined) {
    throw new Error(
      `AUTH=none lets everybody in, so ${way} would have no effect. Set one of them.`,
    );
  }
  if ((environment.TLS_CERT_FILE === '') !== (environment.TLS_KEY_FILE === '')) {
    throw new Error('TLS_CERT_FILE and TLS_KEY_FILE need each other. Set both.');
  }
  if (environment.TRUSTED_PROXY_CA !== '' && environment.TLS_CERT_FILE === '') {
    throw new Error(
      'TRUSTED_PROXY_CA needs TLS_CERT_FILE and TLS_KEY_FILE: a proxy shows its certificate over ' +
        'TLS only.',
    );
  }
}

function oidcOf(
  environment: AuthenticationEnvironment,
  publicUrl: string | undefined,
): OidcSettings | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = environment;
  if (issuer === '') return undefined;
  safeAddress(issuer);
  const audiences = audience ? listOf(audience) : publicUrl ? audiencesOf(publicUrl) : [];
  if (audiences.length === 0) {
    throw new Error(
      'OIDC_ISSUER needs PUBLIC_URL or OIDC_AUDIENCE: tokens for other services must not be taken.',
    );
  }
  return {
    issuer,
    audiences,
    algorithms: listOf(environment.OIDC_ALGORITHMS),
    claims: { groups: environment.OIDC_GROUPS_CLAIM, name: environment.OIDC_NAME_CLAIM },
  };
}

function trustedProxyOf(environment: AuthenticationEnvironment): TrustedProxySettings | undefined {
  const { TRUSTED_PROXY_USER_HEADER: user, TRUSTED_PROXY_CA: caFile } = environment;
  if (user === '' && caFile === '') return undefined;
  if (user === '') throw new Error('TRUSTED_PROXY_CA needs TRUSTED_PROXY_USER_HEADER.');
  const ca = caFile && readFileSync(caFile, 'utf8');
  if (ca) certificatesIn(ca);
  return {
    ca,
    userHeader: user.toLowerCase(),
    groupsHeader: environment.TRUSTED_PROXY_GROUPS_HEADER.toLowerCase(),
  };
}

function listOf(names: string): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
