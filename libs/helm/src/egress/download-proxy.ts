import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ToolError } from '#tools';
import { DownloadConnections } from './download-connections.js';
import { DownloadRun } from './download-run.js';
import { forwardRequest } from './forward-request.js';
import { openTunnel } from './open-tunnel.js';

const TOKEN_BYTES = 32;

const CHALLENGE = { 'proxy-authenticate': 'Basic realm="skyflo-mcp"', connection: 'close' };

/** A proxy for one run of a program. */
export interface ProxyForRun {
  /** Leads the program to the proxy. */
  readonly env: Readonly<Record<string, string>>;
  /** What was refused, or could not be reached, the latest last. */
  readonly failures: readonly ToolError[];
  /** Ends the downloads under way. From now on the proxy refuses the program. */
  close(): void;
}

/**
 * The proxy on loopback through which programs download. It connects to what `DownloadAddresses`
 * allows, and to nothing else, wherever redirects and the DNS lead. The password that a program
 * gets is good for one run.
 */
@Injectable()
export class DownloadProxy implements OnApplicationShutdown {
  private readonly runs = new Map<string, DownloadRun>();
  private server: Server | undefined;
  private listening: Promise<number> | undefined;

  constructor(private readonly connections: DownloadConnections) {}

  /** Lets one run of a program download. Whoever opens it closes it. */
  async open(): Promise<ProxyForRun> {
    const port = await (this.listening ??= this.listen().catch((error: unknown) => {
      this.listening = undefined;
      throw error;
    }));
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const run = new DownloadRun();
    this.runs.set(token, run);
    const url = `http://${token}:x@127.0.0.1:${port}`;
    const close = () => {
      this.runs.delete(token);
      run.end();
    };
    return { env: { HTTPS_PROXY: url, HTTP_PROXY: url }, failures: run.failures, close };
  }

  onApplicationShutdown(): void {
    for (const run of this.runs.values()) run.end();
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private async listen(): Promise<number> {
    // A program ends its connections itself, at the latest when it ends.
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) =>
      this.onRequest(request, response),
    );
    this.server = server;
    server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) =>
      this.onConnect(request, client, head),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  private onRequest(request: IncomingMessage, response: ServerResponse): void {
    const run = this.runOf(request);
    if (!run) return void response.writeHead(407, CHALLENGE).end();
    run.hold(request.socket);
    void forwardRequest(this.connections, run, request, response);
  }

  private onConnect(request: IncomingMessage, client: Duplex, head: Buffer): void {
    client.on('error', () => client.destroy());
    const run = this.runOf(request);
    if (!run) {
      const headers = Object.entries(CHALLENGE).map(([name, value]) => `${name}: ${value}\r\n`);
      const status = 'HTTP/1.1 407 Proxy Authentication Required\r\n';
      return void client.end(`${status}${headers.join('')}content-length: 0\r\n\r\n`);
    }
    run.hold(client);
    void openTunnel(this.connections, run, request.url ?? '', client, head);
  }

  private runOf({ headers }: IncomingMessage): DownloadRun | undefined {
    const [, login = ''] = /^Basic (\S+)$/i.exec(headers['proxy-authorization'] ?? '') ?? [];
    const [token = ''] = Buffer.from(login, 'base64').toString().split(':');
    return this.runs.get(token);
  }
}
