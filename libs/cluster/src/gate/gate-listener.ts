import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ToolError } from '#tools';
import { readProgramRequest, sentHeaders } from './program-messages.js';
import { statusAnswer } from './status-answer.js';
import type { ProgramAnswer, Upstream } from './upstream.js';

const TOKEN_BYTES = 32;

/** The token, and what follows it. */
const PATH = /^\/([\w-]+)(\/[^]*)$/;

/** An address of the listener, for the programs of one call and for one context. */
export interface ListenerAddress {
  readonly url: string;
  /** What was answered in place of an API server, the latest last. */
  readonly failures: readonly ToolError[];
  /** Ends the requests under way. From now on the address is unknown. */
  close(): void;
}

interface Route {
  upstream: Upstream;
  failures: ToolError[];
  /** Runs work as a part of the call that has opened the address. */
  inCall: <T>(work: () => T) => T;
  open: Set<AbortController>;
}

/**
 * One listener on loopback through which the programs of this server reach API servers. Programs
 * send no credential over plain HTTP, so a token in the path says for which call and context a
 * request is.
 */
@Injectable()
export class GateListener implements OnApplicationShutdown {
  private readonly routes = new Map<string, Route>();
  private server: Server | undefined;
  private listening: Promise<number> | undefined;

  /** Opens an address. Whoever opens it closes it. */
  async open(upstream: Upstream): Promise<ListenerAddress> {
    const port = await (this.listening ??= this.listen().catch((error: unknown) => {
      this.listening = undefined;
      throw error;
    }));
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const inCall = AsyncLocalStorage.snapshot() as Route['inCall'];
    const route: Route = { upstream, failures: [], inCall, open: new Set() };
    this.routes.set(token, route);
    const close = () => {
      this.routes.delete(token);
      for (const abort of route.open) abort.abort();
    };
    return { url: `http://127.0.0.1:${port}/${token}`, failures: route.failures, close };
  }

  onApplicationShutdown(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private async listen(): Promise<number> {
    // A program ends its connections itself, at the latest when it ends.
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
      void this.serve(request, response);
    });
    this.server = server;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) =>
      this.refuse(request, socket),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  private routeOf({ url = '' }: IncomingMessage): { route?: Route | undefined; target: string } {
    const [, token = '', target = ''] = PATH.exec(url) ?? [];
    return { route: this.routes.get(token), target };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { route, target } = this.routeOf(request);
    if (!route) return void response.writeHead(401, { connection: 'close' }).end();
    const hangUp = new AbortController();
    route.open.add(hangUp);
    response.once('close', () => hangUp.abort());
    try {
      await send(response, await answerTo(request, target, route, hangUp.signal));
    } catch {
      // The program learns of an answer that breaks off by the broken connection.
      response.destroy();
    } finally {
      route.open.delete(hangUp);
    }
  }

  /** Answers a request for a WebSocket. */
  private refuse(request: IncomingMessage, socket: Duplex): void {
    const isKnown = this.routeOf(request).route !== undefined;
    socket.on('error', () => socket.destroy());
    if (!isKnown) return void socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
    const why = 'Programs of this server cannot open a WebSocket, as exec and port-forward do.';
    const { body } = statusAnswer(new ToolError('forbidden', why));
    const head = `HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
    socket.end(`${head}${body.toString()}`);
  }
}

async function answerTo(
  request: IncomingMessage,
  target: string,
  { inCall, upstream, failures }: Route,
  signal: AbortSignal,
): Promise<ProgramAnswer> {
  try {
    const asked = await readProgramRequest(request, target, signal);
    return await inCall(() => upstream(asked));
  } catch (error) {
    if (signal.aborted || !(error instanceof ToolError)) throw error;
    failures.push(error);
    return statusAnswer(error);
  }
}

async function send(response: ServerResponse, answer: ProgramAnswer): Promise<void> {
  const { status, headers, body } = answer;
  const sent = sentHeaders(headers);
  if (body instanceof Uint8Array) {
    return void response.writeHead(status, { ...sent, 'content-length': body.length }).end(body);
  }
  response.writeHead(status, sent);
  // A watch begins before its first event.
  response.flushHeaders();
  await pipeline(body, response);
}
