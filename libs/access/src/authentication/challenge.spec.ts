import { describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { challenge } from './challenge.js';
import { audiencesOf, metadataAddress, protectedResourceMetadata } from './resource-metadata.js';

const UNAUTHENTICATED = new ToolError('unauthenticated', 'Say "please" … now.');
const FORBIDDEN = new ToolError('forbidden', 'No.');

describe(challenge, () => {
  it('only names the scheme and the metadata to a request without a credential', () => {
    const metadata = 'https://skyflo.test/.well-known/oauth-protected-resource';
    expect(challenge(UNAUTHENTICATED, { hasCredential: false, metadata })).toBe(
      `Bearer realm="skyflo-mcp", resource_metadata="${metadata}"`,
    );
  });

  it('says that a credential is not good, in characters that a header may have', () => {
    expect(challenge(UNAUTHENTICATED, { hasCredential: true })).toBe(
      `Bearer realm="skyflo-mcp", error="invalid_token", error_description="Say 'please' ... now."`,
    );
  });

  it('names the scopes that a token lacks', () => {
    const scopes = ['skyflo:write', 'skyflo:approve'] as const;
    expect(challenge(FORBIDDEN, { hasCredential: true, scopes })).toBe(
      'Bearer realm="skyflo-mcp", error="insufficient_scope", error_description="No.", ' +
        'scope="skyflo:write skyflo:approve"',
    );
  });

  it('does not ask for another credential where that would not help', () => {
    expect(challenge(FORBIDDEN, { hasCredential: true })).toBeUndefined();
    const error = new ToolError('not_found', 'No.');
    const scopes = ['skyflo:write'] as const;
    expect(challenge(error, { hasCredential: true, scopes })).toBeUndefined();
  });
});

describe(protectedResourceMetadata, () => {
  it('says where to get a token, and with which scopes', () => {
    expect(protectedResourceMetadata('https://skyflo.test/mcp', 'https://issuer.test')).toEqual({
      resource: 'https://skyflo.test/mcp',
      authorization_servers: ['https://issuer.test'],
      scopes_supported: ['skyflo:read', 'skyflo:write', 'skyflo:approve', 'skyflo:audit'],
      bearer_methods_supported: ['header'],
      resource_name: 'Skyflo MCP',
    });
  });
});

describe(metadataAddress, () => {
  it.each([
    ['https://skyflo.test', ''],
    ['https://skyflo.test/mcp', '/mcp'],
    ['https://skyflo.test/tools/mcp', '/tools/mcp'],
  ])('puts the path of %s last', (resource, path) => {
    expect(metadataAddress(resource)).toBe(
      `https://skyflo.test/.well-known/oauth-protected-resource${path}`,
    );
  });
});

describe(audiencesOf, () => {
  it('are the server with and without a slash, and its MCP endpoint', () => {
    expect(audiencesOf('https://skyflo.test').toSorted()).toEqual([
      'https://skyflo.test',
      'https://skyflo.test/',
      'https://skyflo.test/mcp',
    ]);
  });
});
