import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics } from '#telemetry';
import { serverConfig, type ServerConfig } from '../server.config.js';
import { metricsConfig, type MetricsConfig } from './metrics.config.js';

/** A scrape takes milliseconds, and Prometheus gives up after ten seconds. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Each may hold one text that nobody reads. */
const MAX_CONNECTIONS = 50;

/** What an answer consists of. */
interface Answer {
  status: number;
  contentType: string;
  text: string;
}

/** Serves metrics on a port of their own: nothing else can be reached there. */
@Injectable()
export class MetricsListener implements OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    private readonly metrics: Metrics,
    @Inject(metricsConfig.KEY) private readonly config: MetricsConfig,
    @Inject(serverConfig.KEY) private readonly main: ServerConfig,
  ) {}

  /**
   * Listens, if a port is set.
   * @throws Error that says why the port cannot be had
   */
  async open(): Promise<void> {
    const { port } = this.config;
    if (port === undefined) return;
    const host =
      this.config.host ?? (this.main.socketPath === undefined ? this.main.host : '127.0.0.1');
    const server = createServer((request, response) => void this.answer(request, response));
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.maxConnections = MAX_CONNECTIONS;
    // A client that does not read: its connection is idle from the server's view.
    server.timeout = REQUEST_TIMEOUT_MS;
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw refusedPort(error as NodeJS.ErrnoException, port, host);
    }
    this.server = server;
    new Logger('Server').log(`Metrics on http://${host}:${port}/metrics`);
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, contentType, text } = await this.answerTo(request);
      const body = Buffer.from(text);
      response.writeHead(status, { 'content-type': contentType, 'content-length': body.length });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (err) {
      new Logger(MetricsListener.name).error({ msg: 'bug', err });
      response.writeHead(500).end();
    }
  }

  private async answerTo({ method, url = '', headers }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET and HEAD.');
    const [path] = url.split('?', 1);
    if (path === '/health') {
      return { status: 200, contentType: 'application/json', text: '{"status":"ok"}' };
    }
    if (path !== '/metrics') return plain(404, 'This port has /metrics and /health only.');
    return { status: 200, ...(await this.metrics.show(headers.accept)) };
  }
}

function plain(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${text}\n` };
}

function refusedPort({ code, message }: NodeJS.ErrnoException, port: number, host: string): Error {
  const where = `METRICS_PORT=${port} cannot be listened on at ${host}`;
  if (code === 'EADDRINUSE') {
    return new Error(`${where}: another program has that port. Set another one, or 0 for none.`);
  }
  return new Error(`${where}: ${message}`);
}
