import { Server as TlsServer } from 'node:tls';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UNIX_SOCKET } from '#access';
import type { ServerConfig } from '../server.config.js';
import { listenOnSocket } from './unix-socket.js';

/**
 * Lets the application listen on a Unix socket, or on an address and port.
 * @returns where it listens, as people write it
 */
export async function listen(
  app: NestFastifyApplication,
  { host, port, socketPath }: ServerConfig,
): Promise<string> {
  const { server } = app.getHttpAdapter().getInstance();
  if (socketPath !== undefined) {
    await listenOnSocket(socketPath, server, (path) => app.listen(path));
    return UNIX_SOCKET + socketPath;
  }
  const isTls = server instanceof TlsServer;
  // For "localhost" Fastify opens a second server on ::1, which would keep the first certificate.
  await app.listen(port, isTls && host === 'localhost' ? '127.0.0.1' : host);
  const url = await app.getUrl();
  return isTls ? url.replace(/^http:/, 'https:') : url;
}
