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
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newKey } from './support/access-doors.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { asModern, McpSession } from './support/mcp-session.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { TextStream } from './support/text-stream.js';

/** Longer than it takes until a change is noticed. */
const NOTICED = { timeout: 60_000 };

let folder: string;
const all: Listening[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'list-changed-'));
});
afterAll(async () => {
  await Promise.all(all.map((listening) => listening.end()));
  rmSync(folder, { recursive: true });
});

type Connection = Parameters<(typeof CLIENTS)[string]>[0];

/** A client that listens, and how often it was told of a change. */
interface Listener {
  kind: string;
  client: McpClient;
  told: number;
}

/** A server, and clients that listen. */
class Listening {
  readonly listeners: Listener[] = [];

  private constructor(readonly server: RunningServer) {}

  static async start(env: Record<string, string>): Promise<Listening> {
    const listening = new Listening(await startServer(env));
    all.push(listening);
    return listening;
  }

  /** A client of each kind. Over stdio it starts a server of its own. */
  static async everywhere(env: Record<string, string>): Promise<Listening> {
    const listening = await Listening.start(env);
    const kinds = Object.keys(CLIENTS);
    await Promise.all(kinds.map((kind) => listening.add(kind, { ...listening.server, env })));
    return listening;
  }

  async add(kind: string, connection: Connection): Promise<void> {
    this.listeners.push(await listen(kind, connection));
  }

  async end(): Promise<void> {
    await Promise.all(this.listeners.map(({ client }) => client.close()));
    await this.server.stop();
  }
}

async function expectTold({ listeners }: Listening, times: number): Promise<void> {
  const wanted = listeners.map(({ kind }) => [kind, times]);
  const told = () => listeners.map((one) => [one.kind, one.told]);
  await vi.waitFor(() => expect(told()).toEqual(wanted), NOTICED);
}

/** What each listener is answered about a tool. */
async function expectListed(
  { listeners }: Listening,
  name: string,
  wanted: unknown,
): Promise<void> {
  for (const { kind, client } of listeners) {
    const tool = (await client.listTools()).find((one) => one.name === name);
    expect([kind, tool]).toEqual([kind, wanted]);
  }
}

async function listen(kind: string, connection: Connection): Promise<Listener> {
  const client = await CLIENTS[kind]!(connection);
  const listener = { kind, client, told: 0 };
  await client.onToolsChanged(() => (listener.told += 1));
  return listener;
}

const entry = (meta: object) =>
  expect.objectContaining({
    _meta: { fastmcp: { tags: [expect.any(String)] }, ...meta },
  }) as object;

describe('clients that listen hear', { concurrent: true, timeout: 120_000 }, () => {
  it('of another policy, if it changes what they may use', async () => {
    const file = join(folder, 'policy.yaml');
    const policy = (use: string, of: string) =>
      writeFileSync(
        file,
        `use: ${use}\nrules:\n  - name: rule\n    who: { principals: [${of}] }\n    deny: { tools: [k8s_exec] }\n`,
      );
    policy('read-only', 'nobody');
    const clients = await Listening.everywhere({ POLICY_FILE: file });
    await expectListed(clients, 'k8s_delete', undefined);
    policy('operator', 'nobody');
    await expectTold(clients, 1);
    await expectListed(clients, 'k8s_delete', entry({}));
    await expectListed(clients, 'k8s_exec', entry({}));
    policy('operator', 'somebody');
    const replaced = () => clients.server.log.filter(({ msg }) => msg === 'policy replaced');
    await vi.waitFor(() => expect(replaced()).toHaveLength(2), NOTICED);
    policy('operator', 'anybody');
    await expectTold(clients, 2);
    await expectListed(clients, 'k8s_exec', undefined);
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
    const clients = await Listening.everywhere({
      PATH: `${programs}${delimiter}${process.env['PATH']}`,
    });
    const narrow = { ...clients.server, narrowing: { categories: 'k8s' } };
    const bystander = await listen('2026 over Streamable HTTP', narrow);
    await expectListed(clients, 'helm_install', entry({}));
    rmSync(join(programs, 'helm'));
    await expectTold(clients, 1);
    await expectListed(clients, 'helm_install', entry({ 'skyflo/available': false }));
    await expectListed(clients, 'helm_list_releases', entry({}));
    add('helm');
    await expectTold(clients, 2);
    await expectListed(clients, 'helm_install', entry({}));
    expect(bystander.told).toBe(0);
    await bystander.client.close();
  });

  it('of other rights of their key', async () => {
    const settings = { AUTH: '', XDG_STATE_HOME: join(folder, 'state'), POLICY_FILE: 'operator' };
    const keys = join(folder, 'keys.json');
    const env = { ...settings, API_KEYS_FILE: keys };
    writeFileSync(keys, '{"keys":[]}', { mode: 0o600 });
    const [token, other] = ['agent', 'other'].map((name) => newKey(env, name, []));
    const clients = await Listening.start(env);
    const { server } = clients;
    const overHttp = Object.keys(CLIENTS).filter((kind) => !kind.endsWith('stdio'));
    for (const kind of overHttp) await clients.add(kind, { ...server, token: token! });
    const bystander = await listen(overHttp[0]!, { ...server, token: other! });
    await expectListed(clients, 'k8s_delete', entry({}));
    const text = readFileSync(keys, 'utf8');
    const document = JSON.parse(text) as { keys: { principal: string; scopes?: string[] }[] };
    document.keys.find(({ principal }) => principal === 'agent')!.scopes = ['skyflo:read'];
    writeFileSync(keys, JSON.stringify(document));
    await expectTold(clients, 1);
    await expectListed(clients, 'k8s_delete', undefined);
    expect(bystander.told).toBe(0);
    await bystander.client.close();
  });
});

describe('subscriptions/listen', () => {
  it('stays open until the server stops, and says so then', async () => {
    const server = await startServer();
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
    await server.stop();
    expect(await stream.ended).toBe(true);
    expect(stream.text).toMatch(/data: \{.*"id":"mine","result":/);
  });
});
