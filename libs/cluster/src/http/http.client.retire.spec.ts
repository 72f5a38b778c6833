import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HttpLab, pem } from '../../fixtures/http-lab.js';

const lab = new HttpLab();
afterEach(() => lab.close());

/** A server that answers a request when it is told to, and its open connections. */
async function slowServer() {
  const open = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/slow') waiting.push(() => response.end('{}'));
    else response.end('{}');
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return { url: `http://127.0.0.1:${await lab.listen(server)}`, open, waiting };
}

describe('HttpClient of a context that is gone', () => {
  it('lets requests end, sends more, and keeps no connection', async () => {
    const { url, open, waiting } = await slowServer();
    const client = lab.client(url);
    const slow = client.send('/slow', {});
    await client.send('/quick', {});
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    expect(open.size).toBe(2);
    client.retire();
    await vi.waitFor(() => expect(open.size).toBe(1));
    waiting[0]!();
    expect((await slow).status).toBe(200);
    expect((await client.send('/later', {})).status).toBe(200);
    await vi.waitFor(() => expect(open.size).toBe(0), 10_000);
  });
});

describe('HttpClient whose certificates change', () => {
  it('goes on with those before while the present ones do not match', async () => {
    const { url } = await slowServer();
    let tls = { cert: pem('client'), key: pem('client-key') };
    const client = lab.client(url, { tls: () => tls });
    await client.send('/quick', {});
    tls = { cert: pem('client'), key: pem('server-key') };
    expect((await client.send('/quick', {})).status).toBe(200);
    expect(client.problems).toEqual([expect.stringMatching(/cannot be used .* stay in use\.$/)]);
    tls = { cert: pem('server'), key: pem('server-key') };
    expect((await client.send('/quick', {})).status).toBe(200);
    expect(client.problems).toEqual([]);
  });
});
