import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from './support/access-doors.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { asModern, McpSession } from './support/mcp-session.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { TextStream } from './support/text-stream.js';

/** Longer than it takes until a change is noticed. */
const NOTICED = { timeout: 30_000 };

let folder: string;
let servers: RunningServer[] = [];
let listeners: Listener[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'list-changed-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(listeners.map(({ client }) => client.close()));
  await Promise.all(servers.map((server) => server.stop()));
  [listeners, servers] = [[], []];
});

/** A client that listens, and how often it was told of a change. */
interface Listener {
  kind: string;
  client: McpClient;
  told: number;
}

type Connection = Parameters<(typeof CLIENTS)[string]>[0];

async function start(env: Record<string, string>): Promise<RunningServer> {
  const server = await startServer(env);
  servers.push(server);
  return server;
}

async function listen(kind: string, connection: Connection): Promise<Listener> {
  const client = await CLIENTS[kind]!(connection);
  const listener = { kind, client, told: 0 };
  listeners.push(listener);
  await client.onToolsChanged(() => (listener.told += 1));
  return listener;
}

/** A client of each kind. Over stdio it starts a server of its own. */
async function listenEverywhere(env: Record<string, string>): Promise<void> {
  const server = await start(env);
  await Promise.all(Object.keys(CLIENTS).map((kind) => listen(kind, { ...server, env })));
}

async function expectTold(times: number): Promise<void> {
  const told = () => listeners.map((one) => [one.kind, one.told]);
  await expect.poll(told, NOTICED).toEqual(listeners.map(({ kind }) => [kind, times]));
}

/** What each listener is answered about a tool. */
async function expectListed(name: string, wanted: unknown): Promise<void> {
  for (const { kind, client } of listeners) {
    const tool = (await client.listTools()).find((one) => one.name === name);
    expect([kind, tool]).toEqual([kind, wanted]);
  }
}

const entry = (meta: object) =>
  expect.objectContaining({
    _meta: { fastmcp: { tags: [expect.any(String)] }, ...meta },
  }) as object;

describe('clients that listen hear', () => {
  it('of another policy, if it changes what they may use', async () => {
    const file = join(folder, 'policy.yaml');
    const policy = (use: string, of: string) =>
      writeFileSync(
        file,
        `use: ${use}\nrules:\n  - name: rule\n    who: { principals: [${of}] }\n    deny: { tools: [k8s_exec] }\n`,
      );
    policy('read-only', 'nobody');
    await listenEverywhere({ POLICY_FILE: file });
    await expectListed('k8s_delete', undefined);
    policy('operator', 'nobody');
    await expectTold(1);
    await expectListed('k8s_delete', entry({}));
    await expectListed('k8s_exec', entry({}));
    policy('operator', 'somebody');
    await expect
      .poll(() => servers[0]!.log.filter(({ msg }) => msg === 'policy replaced').length)
      .toBe(2);
    policy('operator', 'anybody');
    await expectTold(2);
    await expectListed('k8s_exec', undefined);
  });

  it('of a program that goes and comes, if they see tools that need it', async () => {
    const programs = join(folder, 'bin');
    mkdirSync(programs);
    const places = testSandbox().env['PATH']!.split(delimiter);
    const add = (name: string) => {
      const place = places.find((one) => existsSync(join(one, name)))!;
      symlinkSync(join(place, name), join(programs, name));
    };
    for (const name of ['helm', 'kubectl']) add(name);
    await listenEverywhere({ PATH: `${programs}${delimiter}${process.env['PATH']}` });
    const [server] = servers;
    const narrow = { ...server!, narrowing: { categories: 'k8s' } };
    const other = await CLIENTS['2026 over Streamable HTTP']!(narrow);
    let toldOther = 0;
    await other.onToolsChanged(() => (toldOther += 1));
    await expectListed('helm_install', entry({}));
    rmSync(join(programs, 'helm'));
    await expectTold(1);
    await expectListed('helm_install', entry({ 'skyflo/available': false }));
    await expectListed('helm_list_releases', entry({}));
    add('helm');
    await expectTold(2);
    await expectListed('helm_install', entry({}));
    expect(toldOther).toBe(0);
    await other.close();
  });

  it('of other rights of their key', async () => {
    const settings = { AUTH: '', XDG_STATE_HOME: join(folder, 'state'), POLICY_FILE: 'operator' };
    const keys = join(folder, 'keys.json');
    const env = { ...settings, API_KEYS_FILE: keys };
    writeFileSync(keys, '{"keys":[]}', { mode: 0o600 });
    const [token, other] = ['agent', 'other'].map((name) => newKey(env, name, []));
    const server = await start(env);
    const overHttp = Object.keys(CLIENTS).filter((kind) => !kind.endsWith('stdio'));
    for (const kind of overHttp) await listen(kind, { ...server, token: token! });
    const bystander = await listen(overHttp[0]!, { ...server, token: other! });
    listeners.splice(listeners.indexOf(bystander), 1);
    await expectListed('k8s_delete', entry({}));
    const text = readFileSync(keys, 'utf8');
    const document = JSON.parse(text) as { keys: { principal: string; scopes?: string[] }[] };
    document.keys.find(({ principal }) => principal === 'agent')!.scopes = ['skyflo:read'];
    writeFileSync(keys, JSON.stringify(document));
    await expectTold(1);
    await expectListed('k8s_delete', undefined);
    expect(bystander.told).toBe(0);
    await bystander.client.close();
  });
});

describe('subscriptions/listen', () => {
  it('stays open until the server stops, and says so then', async () => {
    const server = await start({});
    const session = new McpSession(server.url);
    const stream = await TextStream.open(`${server.url}/mcp`, {
      method: 'POST',
      headers: {
        ...session.headers,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify(
        asModern({
          jsonrpc: '2.0',
          id: 'mine',
          method: 'subscriptions/listen',
          params: { notifications: { toolsListChanged: true, promptsListChanged: true } },
        }),
      ),
    });
    const acknowledged = await stream.find(/data: (\{.*acknowledged.*\})/);
    expect(JSON.parse(acknowledged.slice('data: '.length))).toMatchObject({
      params: { notifications: { toolsListChanged: true } },
    });
    expect(stream.text).not.toContain('promptsListChanged');
    servers = [];
    await server.stop();
    expect(await stream.ended).toBe(true);
    expect(stream.text).toMatch(/data: \{.*"id":"mine","result":/);
  });
});
