import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiPool } from '../../support/api.js';

/**
 * The least that a program on this platform can do between a client and the API server: it passes
 * each request on over a kept-alive connection, and the answer back. Nothing is read, checked or
 * recorded. Prints its port.
 */
const pool = apiPool(process.env['KUBECONFIG'] ?? '');
const server = createServer((request, response: ServerResponse) => {
  const accept = request.headers.accept ?? '*/*';
  pool
    .stream(
      { method: 'GET', path: request.url ?? '/', headers: { accept }, opaque: response },
      ({ statusCode, headers, opaque }) => {
        const type = String(headers['content-type']);
        return opaque.writeHead(statusCode, { 'content-type': type });
      },
    )
    .catch(() => response.destroy());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
