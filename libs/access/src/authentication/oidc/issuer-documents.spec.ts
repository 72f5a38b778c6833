import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalServer } from '../fixtures/local-server.js';
import { discoverKeys, readKeys, safeAddress } from './issuer-documents.js';

let server: LocalServer;
/** What the server answers, by path. */
let documents: Record<string, unknown>;

beforeAll(async () => {
  server = await new LocalServer().start();
  server.handler = ({ url = '' }, response) => {
    const document = documents[url];
    if (document === undefined) response.writeHead(404).end();
    else if (url === '/moved') response.writeHead(302, { location: '/keys' }).end();
    else response.end(JSON.stringify(document));
  };
});
afterAll(() => server.stop());

describe(discoverKeys, () => {
  it('asks as OpenID Connect says, then as RFC 8414 with the path of the issuer last', async () => {
    const issuer = `${server.address}/realm`;
    const document = { issuer, jwks_uri: `${server.address}/keys` };
    documents = { '/.well-known/oauth-authorization-server/realm': document };
    await expect(discoverKeys(issuer)).resolves.toMatchObject({ pathname: '/keys' });
    documents = { '/realm/.well-known/openid-configuration': document };
    await expect(discoverKeys(issuer)).resolves.toMatchObject({ pathname: '/keys' });
    documents = {};
    await expect(discoverKeys(issuer)).rejects.toThrow('has no discovery document');
  });

  it('refuses the document of another issuer', async () => {
    const document = { issuer: 'https://other.test', jwks_uri: `${server.address}/keys` };
    documents = { '/.well-known/openid-configuration': document };
    await expect(discoverKeys(server.address)).rejects.toThrow('calls itself "https://other.test"');
  });

  it('refuses keys that come over plain http from another machine', async () => {
    const document = { issuer: server.address, jwks_uri: 'http://issuer.test/keys' };
    documents = { '/.well-known/openid-configuration': document };
    await expect(discoverKeys(server.address)).rejects.toThrow('is not https');
    expect(() => safeAddress('http://127.0.0.1.test')).toThrow('is not https');
    expect(() => safeAddress('file:///keys')).toThrow('is not https');
  });
});

describe(readKeys, () => {
  it('follows no redirect, and reads no endless answer', async () => {
    documents = {
      '/keys': { keys: [] },
      '/moved': {},
      '/large': { keys: ['x'.repeat(1_000_000)] },
    };
    const at = (path: string) => readKeys(new URL(path, server.address));
    await expect(at('/keys')).resolves.toEqual({ keys: [] });
    await expect(at('/moved')).rejects.toThrow();
    await expect(at('/large')).rejects.toThrow('is larger than');
    await expect(at('/none')).rejects.toThrow('has no keys');
  });
});
