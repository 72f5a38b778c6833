import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '#tools';
import { RealProvider, RESOURCE } from '../fixtures/provider.js';
import { OidcTokens } from './oidc-tokens.js';

const NO_COOLDOWN = { refreshMs: 3_600_000, cooldownMs: 0 };

let provider: RealProvider;
const opened: OidcTokens[] = [];

Logger.overrideLogger(false);

beforeAll(async () => {
  provider = await RealProvider.start('first');
});
afterAll(async () => {
  for (const tokens of opened) tokens.close();
  await provider.server.stop();
});

function tokensOf(audience = RESOURCE, pace = NO_COOLDOWN): OidcTokens {
  const tokens = new OidcTokens(
    {
      issuer: provider.issuer,
      audiences: [audience],
      algorithms: ['RS256', 'ES256'],
      claims: { groups: 'groups', name: 'preferred_username' },
    },
    pace,
  );
  opened.push(tokens);
  return tokens;
}

async function principalOf(tokens: OidcTokens, token: string): Promise<Principal> {
  return tokens.principalOf(token);
}

describe('access tokens of a real OpenID provider', () => {
  it('say who calls, with groups, scopes and the end', async () => {
    const { access_token: token } = await provider.login('alice');
    const principal = await principalOf(tokensOf(), token);
    expect(principal).toMatchObject({
      id: `${provider.issuer}#alice`,
      name: 'alice',
      groups: ['platform'],
      scopes: ['skyflo:read'],
      bearer: token,
    });
    expect(principal.expiresAt).toBeGreaterThan(Date.now() + 290_000);
    expect(principal.expiresAt).toBeLessThanOrEqual(Date.now() + 331_000);
  });

  it('are recognized at once when they were proved before', async () => {
    const tokens = tokensOf();
    const { access_token: token } = await provider.login('alice');
    const principal = await principalOf(tokens, token);
    expect(tokens.principalOf(token)).toBe(principal);
  });

  it('do not make the server ask for keys that it has', async () => {
    const tokens = tokensOf();
    await principalOf(tokens, (await provider.login('alice')).access_token);
    const { access_token: token } = await provider.login('bob');
    const before = provider.server.asked.length;
    await principalOf(tokens, token);
    expect(provider.server.asked.slice(before)).toEqual([]);
  });

  it('are refused where they are for another resource', async () => {
    const { access_token: token } = await provider.login('alice');
    await expect(principalOf(tokensOf('https://other.test'), token)).rejects.toMatchObject({
      code: 'unauthenticated',
      cause: { message: expect.stringContaining(RESOURCE) as string },
    });
  });

  it('are not confused with ID tokens, not even where the client is the audience', async () => {
    const { id_token: token } = await provider.login('alice');
    const tokens = tokensOf('agent');
    await expect(principalOf(tokens, token)).rejects.toMatchObject({
      code: 'unauthenticated',
      cause: { message: expect.stringContaining('as ID tokens') as string },
    });
  });
});

describe('the keys of a real OpenID provider', () => {
  it('stay in force while it is away, and new ones are taken up when it is back', async () => {
    const tokens = tokensOf();
    const { access_token: first } = await provider.login('alice');
    const { access_token: second } = await provider.login('bob');
    await principalOf(tokens, first);
    await provider.server.stop();
    await expect(principalOf(tokens, second)).resolves.toMatchObject({ name: 'bob' });
    await provider.server.start();
    await provider.signWith('second');
    const { access_token: third } = await provider.login('carol');
    await expect(principalOf(tokens, third)).resolves.toMatchObject({ name: 'carol' });
  });

  it('take their tokens with them when they are withdrawn', async () => {
    const tokens = tokensOf();
    const { access_token: old } = await provider.login('alice');
    await principalOf(tokens, old);
    await provider.signWith('third');
    await principalOf(tokens, (await provider.login('alice')).access_token);
    await expect(principalOf(tokens, old)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
