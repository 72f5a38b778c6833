import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '#tools';
import { PlainIssuer } from '../fixtures/plain-issuer.js';
import { RESOURCE } from '../fixtures/provider.js';
import { OidcTokens } from './oidc-tokens.js';

const DAY = 86_400;

let issuer: PlainIssuer;
let tokens: OidcTokens;
const opened: OidcTokens[] = [];

Logger.overrideLogger(false);

beforeAll(async () => {
  issuer = await PlainIssuer.start('known');
  await issuer.makeKey('unknown');
  tokens = tokensOf();
});
afterAll(async () => {
  for (const each of opened) each.close();
  await issuer.server.stop();
});

function tokensOf(settings: { groups?: string } = {}, pace?: { cooldownMs: number }): OidcTokens {
  const made = new OidcTokens(
    {
      issuer: issuer.address,
      audiences: [RESOURCE],
      algorithms: ['ES256', 'RS256'],
      claims: { groups: settings.groups ?? 'groups', name: 'preferred_username' },
    },
    { refreshMs: 3_600_000, cooldownMs: 30_000, ...pace },
  );
  opened.push(made);
  return made;
}

async function principalOf(token: string, from = tokens): Promise<Principal> {
  return from.principalOf(token);
}

async function expectRefused(token: string, reason: string, from = tokens): Promise<void> {
  await expect(principalOf(token, from)).rejects.toMatchObject({
    code: 'unauthenticated',
    message: 'The credential is not valid here, or has expired. Get a new one and try again.',
    cause: { message: expect.stringContaining(reason) as string },
  });
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}

describe('a token', () => {
  it.each<[string, JWTPayload | (() => JWTPayload), string]>([
    ['that has expired', () => ({ exp: now() - 31 }), 'expired'],
    ['that never expires', { exp: undefined }, 'expired'],
    ['that is not valid yet', () => ({ nbf: now() + 60 }), 'nbf'],
    ['for another audience', { aud: 'https://other.test' }, 'https://other.test'],
    ['for no audience', { aud: undefined }, 'it is for'],
    ['of another issuer', { iss: 'https://other.test' }, 'another issuer'],
    ['without a subject', { sub: undefined }, 'sub'],
    ['with a subject of two lines', { sub: 'alice\nbob' }, 'subject'],
    ['that is bound to a key', { cnf: { jkt: 'x' } }, 'bound to a key'],
    ['of Keycloak for something else', { typ: 'Refresh' }, '"typ" claim'],
    ['of Cognito for something else', { token_use: 'id' }, 'token_use'],
    ['with an actor that has no name', { act: { sub: 7 } }, 'actor'],
  ])('%s is refused', async (_, claims, reason) => {
    await expectRefused(
      await issuer.token(typeof claims === 'function' ? claims() : claims),
      reason,
    );
  });

  it.each<[string, JWTPayload]>([
    ['up to 30 s after its end', { exp: now() - 5 }],
    ['up to 30 s before its beginning', { nbf: now() + 25 }],
    ['for several audiences', { aud: ['https://other.test', RESOURCE] }],
  ])('is good %s', async (_, claims) => {
    await expect(principalOf(await issuer.token(claims))).resolves.toMatchObject({ name: 'alice' });
  });

  it('without a signature is refused', async () => {
    const [, payload] = (await issuer.token()).split('.');
    const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    await expectRefused(`${header}.${payload}.`, '"none"');
    await expectRefused(new UnsecuredJWT({ sub: 'alice' }).encode(), '"none"');
  });

  it('signed by HS256 with the public key is refused', async () => {
    const jwk = issuer.jwks.keys[0] as JsonWebKey;
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const [, payload = ''] = (await issuer.token()).split('.');
    const token = await new SignJWT(JSON.parse(Buffer.from(payload, 'base64url').toString()))
      .setProtectedHeader({ alg: 'HS256', kid: 'known', typ: 'at+jwt' })
      .sign(Buffer.from(pem));
    await expectRefused(token, '"HS256"');
  });

  it('with another signature, or another payload, is refused', async () => {
    const [header, payload, signature] = (await issuer.token()).split('.');
    const [, other] = (await issuer.token({ sub: 'bob' })).split('.');
    await expectRefused(`${header}.${other}.${signature}`, 'signature');
    await expectRefused(`${header}.${payload}.${signature?.replace(/^../, 'AA')}`, 'signature');
    await expectRefused(`${header}.${payload}`, 'not good');
    await expectRefused('a.b.c', 'not good');
  });

  it('of 1 MB is refused without a look at it', async () => {
    const token = await issuer.token({ filler: 'x'.repeat(1_000_000) });
    const start = performance.now();
    expect(() => tokens.principalOf(token)).toThrow('not valid here');
    expect(performance.now() - start).toBeLessThan(20);
  });

  it('cannot bring a key of its own', async () => {
    const token = await issuer.token(
      {},
      {
        kid: 'unknown',
        jwk: issuer.jwks.keys[0],
      },
    );
    await expectRefused(token, 'no applicable key');
  });
});

describe('an ID token', () => {
  it.each<[string, JWTPayload, string | undefined]>([
    ['by its nonce', { nonce: 'n' }, 'JWT'],
    ['by the hash of an access token', { at_hash: 'h' }, undefined],
    ['by the lack of scopes and client', { scope: undefined, client_id: undefined }, 'JWT'],
    ['by its audience, which is the client', { azp: RESOURCE }, undefined],
  ])('is told apart %s', async (_, claims, typ) => {
    await expectRefused(await issuer.token(claims, { typ }), 'as ID tokens');
  });

  it('is told apart by any other type', async () => {
    await expectRefused(await issuer.token({}, { typ: 'logout+jwt' }), '"logout+jwt"');
  });

  it.each([['at+jwt'], ['application/AT+JWT'], ['JWT'], [undefined]])(
    'is not what an access token of the type %s is taken for',
    async (typ) => {
      const token = await issuer.token({}, { typ });
      await expect(principalOf(token)).resolves.toMatchObject({ name: 'alice' });
    },
  );
});

describe('the principal of a token', () => {
  it('has the groups of a path, and scopes of either claim', async () => {
    const token = await issuer.token({
      realm_access: { roles: ['ops', 7, 'two\nlines'] },
      scope: 'openid skyflo:read',
      scp: ['skyflo:write'],
      preferred_username: 'Alice',
    });
    const from = tokensOf({ groups: 'realm_access.roles' });
    await expect(principalOf(token, from)).resolves.toMatchObject({
      id: `${issuer.address}#alice`,
      name: 'Alice',
      groups: ['ops'],
      scopes: ['openid', 'skyflo:read', 'skyflo:write'],
    });
  });

  it('has the groups of a claim with dots in its name', async () => {
    const token = await issuer.token({ 'https://skyflo.test/groups': 'ops' });
    const from = tokensOf({ groups: 'https://skyflo.test/groups' });
    await expect(principalOf(token, from)).resolves.toMatchObject({ groups: ['ops'] });
  });

  it('has the party that acts now, not those before it', async () => {
    const token = await issuer.token({ act: { sub: 'agent', act: { sub: 'earlier' } } });
    await expect(principalOf(token)).resolves.toMatchObject({ actor: `${issuer.address}#agent` });
  });
});

describe('an unknown key', () => {
  it('is looked for once in a while, however many tokens name it', async () => {
    await expect(principalOf(await issuer.token())).resolves.toBeDefined();
    const token = await issuer.token({}, { kid: 'unknown' });
    const before = issuer.server.asked.length;
    await Promise.all(Array.from({ length: 20 }, () => expectRefused(token, 'no applicable key')));
    expect(issuer.server.asked.slice(before)).toEqual([]);
  });

  it('is not looked for by a token that is of no use anyway', async () => {
    const from = tokensOf({}, { cooldownMs: 0 });
    await principalOf(await issuer.token(), from);
    const before = issuer.server.asked.length;
    const token = await issuer.token({ exp: now() - DAY }, { kid: 'unknown' });
    await expectRefused(token, 'expired', from);
    expect(issuer.server.asked.slice(before)).toEqual([]);
  });

  it('is one reading for all who ask at the same time', async () => {
    const from = tokensOf({}, { cooldownMs: 0 });
    await principalOf(await issuer.token(), from);
    await issuer.addKey('added');
    const before = issuer.server.asked.length;
    const all = await Promise.all(
      ['a', 'b', 'c'].map(async (sub) =>
        principalOf(await issuer.token({ sub }, { kid: 'added' }), from),
      ),
    );
    expect(all.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(issuer.server.asked.slice(before)).toEqual(['/keys']);
  });
});

describe('an issuer', () => {
  it('that was never reached makes tokens wait, and is asked again', async () => {
    const away = await PlainIssuer.start('key');
    const token = await away.token();
    await away.server.stop();
    const from = new OidcTokens(
      {
        issuer: away.address,
        audiences: [RESOURCE],
        algorithms: ['ES256'],
        claims: { groups: 'groups', name: 'name' },
      },
      { refreshMs: 3_600_000, cooldownMs: 0 },
    );
    opened.push(from);
    await expect(principalOf(token, from)).rejects.toMatchObject({ code: 'unavailable' });
    await away.server.start();
    await expect(principalOf(token, from)).resolves.toMatchObject({ name: 'alice' });
    await away.server.stop();
  });
});
