import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { authenticationConfig } from './authentication.config.js';
import { Authenticator, type AuthenticationRequest } from './authenticator.js';
import { hasQueryToken } from './bearer.js';
import { PlainIssuer } from './fixtures/plain-issuer.js';
import { RESOURCE } from './fixtures/provider.js';
import { runKeyCommand } from './keys/key-command.js';

Logger.overrideLogger(false);

let folder: string;
let issuer: PlainIssuer;
const opened: Authenticator[] = [];

beforeAll(async () => {
  issuer = await PlainIssuer.start('key');
});
afterAll(() => issuer.server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authenticator-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const each of opened.splice(0)) each.onApplicationShutdown();
  rmSync(folder, { recursive: true });
});

function start(environment: Record<string, string> = {}): Authenticator {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const authenticator = Authenticator.start(authenticationConfig());
  opened.push(authenticator);
  return authenticator;
}

function from(headers: IncomingHttpHeaders, more: Partial<AuthenticationRequest> = {}) {
  return { headers, socket: new Socket(), ...more };
}

function bearer(credential: string) {
  return from({ authorization: `Bearer ${credential}` });
}

function newKey(): string {
  let key = '';
  const { apiKeys, stateFolder } = authenticationConfig();
  runKeyCommand(
    ['new', '--principal', 'agent'],
    { ...apiKeys, stateFolder },
    {
      stdout: { write: (text) => (key += text) },
      stderr: { write: () => undefined },
    },
  );
  return key.trim();
}

const OIDC = () => ({ OIDC_ISSUER: issuer.address, OIDC_AUDIENCE: RESOURCE });

describe('Authenticator', () => {
  it('knows each kind of credential by its shape', async () => {
    const key = newKey();
    const authenticator = start(OIDC());
    const { value } = authenticator.loopbackToken!;
    expect(authenticator.authenticate(bearer(value))).toMatchObject({ id: 'loopback' });
    expect(authenticator.authenticate(bearer(key))).toMatchObject({ name: 'agent' });
    const token = await issuer.token();
    await expect(authenticator.authenticate(bearer(token))).resolves.toMatchObject({
      name: 'alice',
    });
    expect(authenticator.authenticate(bearer(token))).toMatchObject({ name: 'alice' });
    expect(authenticator.keyCount).toBe(1);
  });

  it('takes the scheme in any case', () => {
    const authenticator = start();
    const authorization = `bearer ${authenticator.loopbackToken!.value}`;
    expect(authenticator.authenticate(from({ authorization }))).toMatchObject({ id: 'loopback' });
  });

  it('tells a caller without a credential what is needed', () => {
    expect(() => start().authenticate(from({}))).toThrow('needs a credential');
  });

  it('tells nothing about a credential that is not taken', async () => {
    const authenticator = start(OIDC());
    const key = newKey();
    const said = await Promise.all(
      [`skyflo_local_${'A'.repeat(43)}`, key.slice(0, -3), 'skyflo_x', 'a.b.c', 'word'].map(
        async (credential) => {
          try {
            return await authenticator.authenticate(bearer(credential));
          } catch (error) {
            return (error as Error).message;
          }
        },
      ),
    );
    expect(new Set(said)).toEqual(
      new Set(['The credential is not valid here, or has expired. Get a new one and try again.']),
    );
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'Bearer a, Bearer b', 'Bearer ä'])(
    'refuses the header "%s"',
    (authorization) => {
      expect(() => start().authenticate(from({ authorization }))).toThrow('not valid here');
    },
  );

  it('refuses a token in the address, whatever else comes with it', () => {
    const authenticator = start();
    const request = bearer(authenticator.loopbackToken!.value);
    expect(() => authenticator.authenticate({ ...request, isQueryToken: true })).toThrow(
      'in the address',
    );
  });

  it('refuses tokens of an issuer where none is set', async () => {
    const token = await issuer.token();
    expect(() => start().authenticate(bearer(token))).toThrow('not valid here');
  });

  it('lets the proxy say who calls, and nobody else', () => {
    const authenticator = start({ TRUSTED_PROXY_USER_HEADER: 'X-User' });
    const headers = { 'x-user': 'alice', 'x-forwarded-groups': 'ops' };
    expect(authenticator.authenticate(from(headers, { isUnixSocket: true }))).toEqual({
      id: 'proxy:alice',
      name: 'alice',
      groups: ['ops'],
    });
    expect(() => authenticator.authenticate(from(headers))).toThrow('needs a credential');
  });

  it('lets anybody in with AUTH=none, and makes no files', () => {
    const authenticator = start({ AUTH: 'none' });
    expect(authenticator.authenticate(from({}))).toMatchObject({ id: 'anybody' });
    expect(authenticator.authenticate(bearer('of something in front'))).toMatchObject({
      id: 'anybody',
    });
    expect(authenticator.loopbackToken).toBeUndefined();
  });
});

describe(hasQueryToken, () => {
  it.each([
    '/mcp?access_token=x',
    '/mcp?a=1&Access_Token=x',
    '/mcp?access%5ftoken',
    '/?a?&access_token',
  ])('sees one in %s', (target) => expect(hasQueryToken(target)).toBe(true));

  it.each(['/mcp', '/mcp?', '/access_token?a=access_token', '/mcp?my_access_token=x'])(
    'sees none in %s',
    (target) => expect(hasQueryToken(target)).toBe(false),
  );
});
