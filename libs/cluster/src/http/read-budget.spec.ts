import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { WebSocketServer } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab } from '../../fixtures/http-lab.js';
import { ReadBudget } from './read-budget.js';

const lab = new HttpLab();
afterEach(() => lab.close());

const MB = 1024 * 1024;
const PIECE = 'x'.repeat(64 * 1024);

/** Writes a piece again and again, as fast as it is read, until the reader is gone. */
function pour(target: Writable, piece: string): void {
  while (!target.destroyed && target.write(piece));
  if (!target.destroyed) target.once('drain', () => pour(target, piece));
}

/** An API server whose every answer is endless, but for `/small`; after 1 MB `/stalled` stalls. */
async function endlessApi(status = 200): Promise<string> {
  const server = createServer(({ url }, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    if (url === '/small') response.end('{}');
    else if (url?.startsWith('/stalled')) response.write(PIECE.repeat(16));
    else pour(response, PIECE);
  });
  return `http://127.0.0.1:${await lab.listen(server)}`;
}

describe(ReadBudget.name, () => {
  it('refuses what does not fit in, and takes more once there is room again', async () => {
    const client = lab.client(await endlessApi(), {}, {}, new ReadBudget(4 * MB));
    const stalled = Array.from({ length: 6 }, (_, index) =>
      client.send(`/stalled/${index}`, { timeoutMs: 1_000 }).catch(codeOf),
    );
    // Three quarters of the room, a megabyte each.
    const codes = await Promise.all(stalled);
    expect(codes.filter((code) => code === 'timeout')).toHaveLength(3);
    expect(codes.filter((code) => code === 'busy')).toHaveLength(3);
    const one = client.send('/endless', { maxBytes: 2 * MB });
    await expect(one).rejects.toMatchObject({ code: 'upstream' });
  });

  it('says what the limit is and when to come back', async () => {
    const client = lab.client(await endlessApi(), {}, {}, new ReadBudget(MB));
    await expect(client.send('/endless', {})).rejects.toMatchObject({
      code: 'busy',
      retryable: true,
      retryAfterSeconds: 2,
      message: expect.stringContaining('MAX_CLUSTER_READ_BYTES') as string,
    });
  });

  it('says of a change that it may have been made', async () => {
    const client = lab.client(await endlessApi(), {}, {}, new ReadBudget(MB));
    await expect(client.send('/endless', { method: 'POST' })).rejects.toMatchObject({
      retryable: false,
      isOutcomeUnknown: true,
    });
  });

  it('leaves room for other contexts, and lets small answers pass', async () => {
    const budget = new ReadBudget(2 * MB);
    const url = await endlessApi();
    const held = budget.open('greedy');
    expect(held.growTo(1.5 * MB)).toBe(true);
    expect(budget.open('greedy').growTo(MB / 2)).toBe(false);
    expect(budget.open('other').growTo(MB / 4)).toBe(true);
    await expect(lab.client(url, {}, {}, budget).send('/small', {})).resolves.toBeDefined();
    held.release();
    expect(held.growTo(MB)).toBe(false);
    expect(budget.open('greedy').growTo(MB)).toBe(true);
  });

  it('gives up a line that does not end', async () => {
    const cluster = lab.cluster(await endlessApi(), new ReadBudget(4 * MB));
    const lines = async () => {
      for await (const all of cluster.lines('/log')) expect(all).toEqual([]);
    };
    await expect(lines()).rejects.toMatchObject({ code: 'busy' });
  });

  it('takes an error without an end for what its status says', async () => {
    const client = lab.client(await endlessApi(500), {}, {}, new ReadBudget(4 * MB));
    await expect(client.stream('/log', {}).next()).rejects.toMatchObject({ code: 'upstream' });
  });

  it('gives up an answer that comes byte by byte', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    const server = createTcpServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.write(head);
      pour(socket, '1\r\nx\r\n'.repeat(1_000));
    });
    const client = lab.client(`http://127.0.0.1:${await lab.listen(server)}`);
    await expect(client.send('/bytes', {})).rejects.toMatchObject({ code: 'upstream' });
  });

  it('ends a connection whose message is larger than any that a kubelet sends', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      socket.send(Buffer.alloc(32 * 1024, 1));
      socket.send(Buffer.alloc(2 * MB, 1));
    });
    lab.onClose(() => sockets.clients.forEach((socket) => socket.terminate()));
    const url = `http://127.0.0.1:${await lab.listen(server)}`;
    const sizes: number[] = [];
    for await (const { data } of (await lab.cluster(url).channels('/exec')) as AsyncIterable<{
      data: Buffer;
    }>) {
      sizes.push(data.length);
    }
    expect(sizes).toEqual([32 * 1024 - 1]);
  });
});

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
