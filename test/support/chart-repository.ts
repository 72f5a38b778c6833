import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { writeGreeterChart } from './greeter-chart.js';
import { helm } from './helm.js';
import { testSandbox } from './sandbox.js';

/** User and password of the part of the repository that asks for them. */
export const CREDENTIALS = { user: 'reader', password: 'p%40ss%3Aw%2Frd' };

/**
 * A chart repository over HTTP, with some versions of the chart greeter. What is under `/private`
 * asks for a user.
 */
export class ChartRepository {
  /** How often each path was asked for. */
  readonly requests: string[] = [];
  /** Answers every request with 503 while it is set. */
  isDown = false;
  /** Answers no request while it is set. */
  isSlow = false;

  private constructor(
    private readonly server: Server,
    readonly folder: string,
  ) {}

  static async start(name: string, versions: readonly string[]): Promise<ChartRepository> {
    const folder = join(testSandbox().folder, `charts-${name}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const server = createServer();
    const repository = new ChartRepository(server, folder);
    server.on('request', ({ url = '', headers }, response) => {
      const [path = ''] = url.split('?');
      repository.requests.push(url);
      const { user, password } = CREDENTIALS;
      const login = `${user}:${decodeURIComponent(password)}`;
      const isAllowed =
        !path.startsWith('/private') ||
        headers.authorization === `Basic ${Buffer.from(login).toString('base64')}`;
      if (repository.isSlow) return undefined;
      if (repository.isDown) return response.writeHead(503).end();
      if (!isAllowed) return response.writeHead(401).end();
      try {
        return response.end(readFileSync(join(folder, basename(path))));
      } catch {
        return response.writeHead(404).end();
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    for (const version of versions) await repository.publish(version);
    return repository;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The path of the chart as it was published last. */
  get chart(): string {
    return join(this.folder, 'source', 'greeter');
  }

  /** Adds a version of the chart. */
  async publish(version: string): Promise<void> {
    const chart = writeGreeterChart(join(this.folder, 'source'), version);
    await helm('package', chart, '--destination', this.folder);
    await helm('repo', 'index', this.folder);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
