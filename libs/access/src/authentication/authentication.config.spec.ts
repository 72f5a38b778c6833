import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authenticationConfig } from './authentication.config.js';
import { Authority } from './fixtures/certificates.js';
import { isOwnAddress, refuseIdleSettings, refuseOpenAddress } from './open-address.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authentication-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function configOf(environment: Record<string, string>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return authenticationConfig();
}

function caFile(): string {
  const path = join(folder, 'ca.pem');
  writeFileSync(path, new Authority(folder, 'ca').cert);
  return path;
}

const TLS = { TLS_CERT_FILE: '/tls.crt', TLS_KEY_FILE: '/tls.key' };
const ISSUER = { OIDC_ISSUER: 'https://issuer.test/realm' };

describe('authenticationConfig', () => {
  it('has its files in the state folder, if no setting names them', () => {
    expect(configOf({})).toMatchObject({
      isOff: false,
      apiKeys: { file: join(folder, 'skyflo-mcp', 'api-keys.json'), isFileSet: false },
      oidc: undefined,
      trustedProxy: undefined,
      tls: undefined,
    });
  });

  it('takes tokens for the public URL, or for the audiences that are set', () => {
    expect(configOf({ ...ISSUER, PUBLIC_URL: 'https://skyflo.test/' }).oidc?.audiences).toContain(
      'https://skyflo.test/mcp',
    );
    expect(configOf({ OIDC_AUDIENCE: 'api://skyflo, other' }).oidc?.audiences).toEqual([
      'api://skyflo',
      'other',
    ]);
  });

  it.each<[Record<string, string>, string]>([
    [ISSUER, 'OIDC_ISSUER needs PUBLIC_URL or OIDC_AUDIENCE'],
    [{ OIDC_ISSUER: 'http://issuer.test', OIDC_AUDIENCE: 'a' }, 'is not https'],
    [{ OIDC_ISSUER: 'issuer.test' }, 'OIDC_ISSUER must be a URL'],
    [{ OIDC_ALGORITHMS: 'RS256,HS256' }, 'OIDC_ALGORITHMS must be names'],
    [{ OIDC_ALGORITHMS: 'none' }, 'OIDC_ALGORITHMS must be names'],
    [{ AUTH: 'off' }, 'AUTH must be one of none'],
    [{ AUTH: 'none', ...ISSUER }, 'OIDC_ISSUER would have no effect'],
    [{ AUTH: 'none', API_KEYS_FILE: '/keys' }, 'API_KEYS_FILE would have no effect'],
    [{ TRUSTED_PROXY_CA: '/ca', ...TLS }, 'TRUSTED_PROXY_CA needs TRUSTED_PROXY_USER_HEADER'],
    [{ TRUSTED_PROXY_USER_HEADER: 'X User' }, 'must be a header'],
    [{ TRUSTED_PROXY_USER_HEADER: 'X-User', TRUSTED_PROXY_CA: '/none.pem', ...TLS }, '/none.pem'],
    [
      { TRUSTED_PROXY_USER_HEADER: 'X-User', TRUSTED_PROXY_CA: '/none.pem' },
      'TRUSTED_PROXY_CA needs TLS_CERT_FILE and TLS_KEY_FILE',
    ],
    [{ TLS_CERT_FILE: '/crt' }, 'TLS_CERT_FILE and TLS_KEY_FILE need each other'],
    [{ PUBLIC_URL: 'https://a@skyflo.test' }, 'PUBLIC_URL must be a URL'],
  ])('refuses %o', (environment, fault) => {
    expect(() => configOf(environment)).toThrow(fault);
  });
});

describe(refuseOpenAddress, () => {
  it.each(['0.0.0.0', '::', '10.0.0.1', 'host.test', '127.0.0.1.test'])(
    'keeps the server from listening on %s while nobody there can prove who they are',
    (host) => {
      const refuse = () => refuseOpenAddress(host, configOf({}), 0);
      expect(refuse).toThrow(`Refusing to listen on ${host}`);
      expect(refuse).toThrow(/skyflo-mcp key new.*OIDC_ISSUER.*TRUSTED_PROXY_CA.*AUTH=none/);
    },
  );

  it('keeps it from listening where credentials cross the network without TLS', () => {
    const refuse = () => refuseOpenAddress('::', configOf({}), 1);
    expect(refuse).toThrow(/Refusing to listen on ::.*without TLS.*TLS_CERT_FILE.*PUBLIC_URL/);
    vi.stubEnv('PUBLIC_URL', 'http://skyflo.test');
    expect(refuse).toThrow('without TLS');
  });

  it('lets it listen where others can prove who they are, over TLS', () => {
    expect(() => refuseOpenAddress('::', configOf(TLS), 1)).not.toThrow();
    const withIssuer = configOf({ ...ISSUER, OIDC_AUDIENCE: 'skyflo' });
    expect(() => refuseOpenAddress('::', withIssuer, 0)).not.toThrow();
    vi.stubEnv('OIDC_ISSUER', '');
    const ca = { TRUSTED_PROXY_CA: caFile(), TRUSTED_PROXY_USER_HEADER: 'X-User' };
    expect(() => refuseOpenAddress('::', configOf(ca), 0)).not.toThrow();
  });

  it('lets it listen behind a proxy that ends TLS', () => {
    const config = configOf({ PUBLIC_URL: 'https://skyflo.test' });
    expect(() => refuseOpenAddress('::', config, 1)).not.toThrow();
  });

  it('lets it listen anywhere with AUTH=none', () => {
    expect(() => refuseOpenAddress('::', configOf({ AUTH: 'none' }), 0)).not.toThrow();
  });
});

describe(refuseIdleSettings, () => {
  it('refuses headers of a proxy that cannot prove itself', () => {
    const config = configOf({ TRUSTED_PROXY_USER_HEADER: 'X-User' });
    expect(() => refuseIdleSettings('127.0.0.1', config)).toThrow(
      /TRUSTED_PROXY_USER_HEADER would have no effect.*TRUSTED_PROXY_CA.*HOST=unix:/,
    );
    expect(() => refuseIdleSettings('unix:/run/skyflo.sock', config)).not.toThrow();
  });

  it('refuses TLS on a Unix socket', () => {
    expect(() => refuseIdleSettings('unix:/run/skyflo.sock', configOf(TLS))).toThrow(
      'TLS_CERT_FILE would have no effect on a Unix socket',
    );
    expect(() => refuseIdleSettings('127.0.0.1', configOf(TLS))).not.toThrow();
  });
});

describe(isOwnAddress, () => {
  it.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3', 'unix:/run/skyflo.sock'])(
    'is %s',
    (host) => {
      expect(isOwnAddress(host)).toBe(true);
    },
  );
});
