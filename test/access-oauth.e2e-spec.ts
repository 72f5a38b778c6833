import {
  auth,
  extractWWWAuthenticateParams,
  UnauthorizedError,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RealProvider } from '../libs/access/src/authentication/fixtures/provider.js';
import { bearer } from './support/mcp-clients.js';
import { OAuthMemory } from './support/oauth-client.js';
import { startServerWithIssuer, type ServerWithIssuer } from './support/server-with-issuer.js';

const SCALE = { name: 'web', resource_type: 'deployment', namespace: 'shop', replicas: 2 };

let issuer: RealProvider;
let server: ServerWithIssuer;
let mcp: URL;
const clients: Client[] = [];

beforeAll(async () => {
  server = await startServerWithIssuer((address) => ({ resource: `${address}/mcp` }));
  ({ issuer } = server);
  mcp = new URL(`${server.address}/mcp`);
});
beforeEach(() => {
  issuer.grantable = 'skyflo:read skyflo:write';
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await server.stop();
});

/** Connects as the official client does, and lets a user log in when it asks for that. */
async function connect(memory: OAuthMemory, subject = 'alice'): Promise<Client> {
  const first = new StreamableHTTPClientTransport(mcp, { authProvider: memory });
  const asking = new Client({ name: 'test', version: '1' });
  await expect(asking.connect(first)).rejects.toThrow('Unauthorized');
  await first.finishAuth(await issuer.authorize(memory.authorization!.href, subject));
  return reconnect(memory);
}

async function reconnect(memory: OAuthMemory): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(mcp, { authProvider: memory }));
  clients.push(client);
  return client;
}

const namesOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

const getPods = (client: Client) =>
  client.callTool({ name: 'k8s_get', arguments: { resource_type: 'pods', namespace: 'shop' } });

describe('the official MCP client', () => {
  it('finds the issuer by itself, registers, logs its user in, and calls a tool', async () => {
    const before = issuer.server.asked.length;
    const memory = new OAuthMemory();
    const client = await connect(memory);
    const asked = issuer.server.asked.slice(before).map((path) => path.split('?')[0]);
    expect(asked).toEqual(expect.arrayContaining(['/reg', '/auth', '/token']));
    const { searchParams } = memory.authorization!;
    expect(Object.fromEntries(searchParams)).toMatchObject({
      resource: mcp.href,
      code_challenge_method: 'S256',
    });
    const { aud, sub } = decodeJwt(memory.kept!.access_token);
    expect([aud, sub]).toEqual([mcp.href, 'alice']);
    expect(await namesOf(client)).toContain('k8s_get');
    expect(await getPods(client)).toMatchObject({
      content: [{ text: expect.stringMatching(/^NAME/) as string }],
    });
  });

  it('needs no registration where the issuer knows it', async () => {
    const before = issuer.server.asked.length;
    const client = await connect(new OAuthMemory(['authorization_code'], 'agent'));
    expect(issuer.server.asked.slice(before)).not.toContain('/reg');
    expect(await namesOf(client)).toContain('k8s_get');
  });

  it('sees what the scopes of its token allow', async () => {
    issuer.grantable = 'skyflo:read';
    const reader = await namesOf(await connect(new OAuthMemory()));
    issuer.grantable = 'skyflo:read skyflo:write';
    const writer = await namesOf(await connect(new OAuthMemory()));
    expect(reader).toContain('k8s_get');
    expect(writer).toEqual(expect.arrayContaining([...reader, 'k8s_scale']));
    expect(reader).not.toContain('k8s_scale');
  });

  it('takes another token by its refresh token, when its own is not taken any more', async () => {
    const memory = new OAuthMemory(['authorization_code', 'refresh_token']);
    await connect(memory);
    const { access_token: first, refresh_token: refresh } = memory.kept!;
    expect(refresh).toEqual(expect.any(String));
    memory.kept = { ...memory.kept!, access_token: `${first.slice(0, -8)}AAAAAAAA` };
    memory.authorization = undefined;
    const client = await reconnect(memory);
    expect(await namesOf(client)).toContain('k8s_get');
    expect(memory.authorization).toBeUndefined();
    expect(memory.kept.access_token).not.toBe(first);
  });

  it('asks for the scope that a call lacks, and then makes the call', async () => {
    issuer.grantable = 'skyflo:read';
    const memory = new OAuthMemory();
    const client = await connect(memory);
    memory.authorization = undefined;
    const scale = (by: Client) =>
      by.callTool({ name: 'k8s_scale', arguments: { ...SCALE, dry_run: true } });
    // The client has been sent to the issuer, and waits for its user.
    await expect(scale(client)).rejects.toThrow(UnauthorizedError);
    expect(memory.authorization).toBeInstanceOf(URL);
    const asked = memory.authorization as unknown as URL;
    expect(asked.searchParams.get('scope')).toContain('skyflo:write');

    issuer.grantable = 'skyflo:read skyflo:write';
    const authorizationCode = await issuer.authorize(asked.href, 'alice');
    expect(await auth(memory, { serverUrl: mcp, authorizationCode })).toBe('AUTHORIZED');
    expect(await scale(await reconnect(memory))).toMatchObject({ isError: false });
  });
});

describe('a token of the issuer', () => {
  it('is told where another one is to be had, when it is not taken', async () => {
    const answer = await fetch(mcp, { method: 'POST', headers: bearer('abc.def.ghi') });
    const { error, resourceMetadataUrl } = extractWWWAuthenticateParams(answer);
    expect([answer.status, error]).toEqual([401, 'invalid_token']);
    const metadata = await (await fetch(resourceMetadataUrl!)).json();
    expect(metadata).toMatchObject({
      resource: mcp.href,
      authorization_servers: [issuer.issuer],
    });
  });
});
