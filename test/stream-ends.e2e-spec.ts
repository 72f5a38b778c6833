import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernHttpTransport,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { PlainIssuer } from '../libs/access/src/authentication/fixtures/plain-issuer.js';
import { RealProvider, RESOURCE } from '../libs/access/src/authentication/fixtures/provider.js';
import { SERVER_BIN } from './support/server-process.js';
import { startServer, type RunningServer } from './support/server.js';
import { describeSideBySide } from './support/side-by-side.js';
import { LONG, Streams } from './support/streams.js';
import type { TextStream } from './support/text-stream.js';

/** How far the clocks of issuers may be from the server's, in seconds. */
const SKEW = 30;

let folder: string;
let issuer: PlainIssuer;
let server: RunningServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ends-'));
  issuer = await PlainIssuer.start('key');
  server = await start(issuer.address);
});
afterAll(async () => {
  await server.stop();
  await issuer.server.stop();
  rmSync(folder, { recursive: true });
});

function start(address: string): Promise<RunningServer> {
  return startServer({
    AUTH: '',
    XDG_STATE_HOME: folder,
    OIDC_ISSUER: address,
    OIDC_AUDIENCE: RESOURCE,
    KEEP_ALIVE_SECONDS: '1',
    SHUTDOWN_GRACE_SECONDS: '0',
  });
}

/** A token that is good for some seconds. */
function token(seconds = 300): Promise<string> {
  return issuer.token({ exp: Math.floor(Date.now() / 1_000) + seconds - SKEW });
}

function keyCommand(...args: string[]): string {
  const env = { ...process.env, XDG_STATE_HOME: folder };
  return execFileSync(SERVER_BIN, ['key', ...args], {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

/** A credential, and a function that ends it if it does not end by itself. */
interface Ending {
  credential: string;
  end?: () => void;
}

const WAYS: Record<string, () => Promise<Ending>> = {
  'a token that expires': async () => ({ credential: await token(10) }),
  'a key that expires': async () => {
    const expires = new Date(Date.now() + 10_000).toISOString();
    return { credential: keyCommand('new', '--principal', 'agent', '--expires', expires) };
  },
  'a key that is withdrawn': async () => {
    const credential = keyCommand('new', '--principal', 'agent');
    return { credential, end: () => keyCommand('revoke', credential.split('_')[1]!) };
  },
};

const GOES_ON =
  /The credential of this stream has ended\. Still running after \d+ s, as execution [0-9a-f-]{36}\./;

async function expectKnown(streams: Streams): Promise<void> {
  const look = async () => {
    const { status } = await streams.send('GET', '/engine/v1/executions', {});
    expect(status).toBe(200);
  };
  await vi.waitFor(look, { timeout: 10_000 });
}

/** What would make the tests pass before anything has ended. */
function expectNoEnd(streams: Record<string, TextStream>): void {
  expect(Object.values(streams).filter(({ text }) => text.includes('has ended'))).toEqual([]);
}

describeSideBySide(
  Object.keys(WAYS),
  (way) => `with ${way}`,
  (way) => {
    let streams: Streams;
    let id: string;
    let session: Record<string, string>;
    const open: Record<string, TextStream> = {};

    beforeAll(async () => {
      const { credential, end } = await WAYS[way]!();
      streams = new Streams(server.url, credential);
      // A new key is known within a second or two.
      await expectKnown(streams);
      id = await streams.execution();
      session = await streams.session();
      Object.assign(open, {
        events: await streams.follow(id),
        run: await streams.run(),
        listen: await streams.listen(session),
        call: await streams.call(session),
        sse: await streams.sse(),
      });
      expectNoEnd(open);
      end?.();
    });

    it.each(['events', 'run', 'listen', 'call', 'sse'])(
      'ends the stream "%s" as a whole',
      async (kind) => {
        expect(await open[kind]!.ended).toBe(true);
      },
    );

    it.each(['events', 'run'])('says why "%s" ends before its result', async (kind) => {
      await open[kind]!.ended;
      expect(open[kind]!.text).toMatch(
        /event: closing\ndata: \{"reason":"The credential of this stream has ended\."\}\n\n$/,
      );
      expect(open[kind]!.text).not.toContain('event: result');
    });

    it.each(['call', 'sse'])('answers what runs over "%s", and lets it go on', async (kind) => {
      await open[kind]!.ended;
      // A sign of life may follow.
      const [last = ''] = open[kind]!.text.split('data: ').at(-1)!.split('\n');
      expect(JSON.parse(last)).toMatchObject({
        id: 7,
        result: { isError: false, content: [{ text: expect.stringMatching(GOES_ON) }] },
      });
    });

    it('serves nothing more', async () => {
      for (const path of [`/engine/v1/executions/${id}/events`, '/mcp', '/sse']) {
        expect([path, (await streams.send('GET', path, session)).status]).toEqual([path, 401]);
      }
    });
  },
);

it.concurrent(
  'goes on with a new token of the same principal, where the stream has ended',
  async () => {
    const first = new Streams(server.url, await token(8));
    const id = await first.execution();
    const session = await first.session();
    const events = await first.follow(id);
    const listening = await first.listen(session);
    const call = await first.call(session);
    expect([await events.ended, await listening.ended, await call.ended]).toEqual([
      true,
      true,
      true,
    ]);

    const second = new Streams(server.url, await token());
    const lastId = /.*^id: (\d+)/ms.exec(events.text)?.[1] ?? '0';
    const rest = await second.follow(id, { 'last-event-id': lastId });
    const again = await second.listen(session);
    const [, execution] = /as execution ([0-9a-f-]{36})/.exec(call.text)!;
    for (const one of [id, execution]) {
      const { status } = await second.send('DELETE', `/engine/v1/executions/${one}`, {});
      expect(status).toBe(200);
    }
    expect(await rest.ended).toBe(true);
    expect(rest.text).toContain('event: result');
    again.close();
  },
);

it.concurrent(
  'is an end that the client of the SDK takes for one: it opens another stream',
  async () => {
    let opened = 0;
    const tokens = [await token(8), await token()];
    const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
      fetch: async (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set('authorization', `Bearer ${opened === 0 ? tokens[0] : tokens[1]}`);
        const answer = await fetch(url, { ...init, headers });
        if (init?.method === 'GET' && answer.status === 200) opened += 1;
        return answer;
      },
    });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    await vi.waitFor(() => expect(opened).toBe(2), { timeout: 30_000 });
    expect((await client.listTools()).tools).not.toEqual([]);
    await client.close();
  },
);

it.concurrent('answers a call of a 2026 client, which goes on with a new token', async () => {
  let current = await token(8);
  const transport = new ModernHttpTransport(new URL(`${server.url}/mcp`), {
    fetch: (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${current}`);
      return fetch(url, { ...init, headers });
    },
  });
  const client = new ModernClient(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  await client.connect(transport);
  const { content } = await client.callTool({ name: 'wait_for_x_seconds', arguments: LONG });
  expect(content).toEqual([{ type: 'text', text: expect.stringMatching(GOES_ON) }]);
  current = await token();
  expect((await client.listTools()).tools).not.toEqual([]);
  await client.close();
});

it.concurrent('leaves the streams of good credentials alone', async () => {
  const streams = new Streams(server.url, await token());
  const id = await streams.execution();
  const events = await streams.follow(id);
  // As many looks as end the streams of others.
  await pause(5_000);
  expect(events.text).not.toContain('closing');
  await streams.send('DELETE', `/engine/v1/executions/${id}`, {});
  await events.find(/event: result/);
});

it.concurrent(
  'ends the streams of a real provider with their token',
  { timeout: 90_000 },
  async () => {
    const provider = await RealProvider.start('key', { tokenSeconds: 2 });
    const own = await start(provider.issuer);
    try {
      const { access_token } = await provider.login('alice');
      const streams = new Streams(own.url, access_token);
      const events = await streams.follow(await streams.execution());
      const begin = performance.now();
      expect(await events.ended).toBe(true);
      expect(events.text).toContain('The credential of this stream has ended.');
      const seconds = (performance.now() - begin) / 1_000;
      expect(seconds).toBeGreaterThan(SKEW - 2);
      expect(seconds).toBeLessThan(SKEW + 20);
    } finally {
      await own.stop();
      await provider.server.stop();
    }
  },
);
