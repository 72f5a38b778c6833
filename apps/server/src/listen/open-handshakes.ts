import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';

/**
 * Breaks connections whose TLS handshake is not over when the server closes. HTTP does not know
 * them yet, so they would hold up the end until they are too slow: a load balancer may keep one
 * open for nothing but to see that the port is there.
 */
export function breakOpenHandshakes(fastify: FastifyInstance, server: Server): void {
  const open = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    open.set(peer, socket);
    socket.once('close', () => open.delete(peer));
  });
  server.on('secureConnection', (socket: TLSSocket) => open.delete(peerOf(socket)));
  fastify.addHook('preClose', (done) => {
    for (const socket of open.values()) socket.destroy();
    done();
  });
}

/** The same for a connection and for the TLS that runs on it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
