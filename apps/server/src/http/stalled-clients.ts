import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** Checks of each connection within the time limit. */
const LOOKS_PER_LIMIT = 6;

/** How far a client has read, and since when. */
interface Progress {
  /** Bytes that have left this process. */
  sent: number;
  since: number;
}

/**
 * Drops connections whose clients do not read the bytes that wait for them.
 * @param stalledMs milliseconds within which a client must read something
 */
export function dropStalledClients(server: Server, stalledMs: number): void {
  const sockets = new Set<Socket>();
  const progress = new WeakMap<Socket, Progress>();
  // Under TLS, this is what the answers are written to. The connection itself shows nothing.
  const opened = server instanceof TlsServer ? 'secureConnection' : 'connection';
  server.on(opened, (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const look = () => {
    const now = performance.now();
    for (const socket of sockets) {
      const { writableLength } = socket;
      if (writableLength === 0) {
        progress.delete(socket);
        continue;
      }
      const sent = socket.bytesWritten - writableLength;
      const last = progress.get(socket);
      if (last?.sent !== sent) progress.set(socket, { sent, since: now });
      else if (now - last.since >= stalledMs) socket.destroy();
    }
  };
  const timer = setInterval(look, stalledMs / LOOKS_PER_LIMIT).unref();
  server.once('close', () => clearInterval(timer));
}
