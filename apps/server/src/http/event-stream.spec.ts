import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EventStream } from './event-stream.js';
import { Outlet } from './outlet.js';
import { Unread } from './unread.js';

const UNREAD = new Unread({
  maxBytes: 1_000_000,
  maxBytesPerClient: 100_000,
  callerPercent: 100,
  stalledMs: 1_000,
});

describe(EventStream.name, () => {
  let server: Server;
  afterEach(() => server.close());

  it('writes events with the headers of a stream', async () => {
    const answer = await answerOf((stream) => {
      stream.send({ id: 7, event: 'output', data: { text: 'two\nlines' } });
      stream.send({ event: 'closing', data: {} });
      stream.end();
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'mcp-session-id': 'own',
    });
    expect(await answer.text()).toBe(
      'id: 7\nevent: output\ndata: {"text":"two\\nlines"}\n\nevent: closing\ndata: {}\n\n',
    );
  });

  it('gives signs of life in silence until it ends', async () => {
    let stream: EventStream | undefined;
    const answer = await answerOf((opened) => (stream = opened), 20);
    let seen = '';
    for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
      seen += text;
      if (seen.split('\n\n').length > 2) stream?.end();
    }
    expect(seen).toMatch(/^(: keepalive\n\n){2,}$/);
  });

  it('sends the head before the first event when it is opened', async () => {
    let stream: EventStream | undefined;
    const answer = await answerOf((opened) => {
      opened.open();
      stream = opened;
    });
    expect(answer.status).toBe(200);
    stream?.end();
    expect(await answer.text()).toBe('');
  });

  it('ends with the credential of its request, which is watched as long as it is open', async () => {
    const watched = new Set<() => void>();
    const watch = (onEnd: () => void) => {
      watched.add(onEnd);
      return () => watched.delete(onEnd);
    };
    const answer = await answerOf((stream) => stream.open(), 60_000, watch);
    const [end] = watched;
    end?.();
    expect(await answer.text()).toBe('');
    expect(watched).toEqual(new Set());
  });

  /** The answer of a server that lets `write` write it. */
  async function answerOf(
    write: (stream: EventStream) => unknown,
    keepAliveMs = 60_000,
    watch = (_onEnd: () => void) => () => {},
  ): Promise<Response> {
    server = createServer((_request, response) => {
      const headers = { 'mcp-session-id': 'own' };
      write(
        new EventStream(response, new Outlet(response, UNREAD), { keepAliveMs, headers, watch }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
});
