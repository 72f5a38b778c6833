import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent, request as requestTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { sandboxAccess, type SandboxAccess } from './kubeconfig.js';

/** What is told of a request: its method and its path with the query. */
type Request = Pick<IncomingMessage, 'method' | 'url'>;
type Matches = (request: Request) => boolean;

/** Stands before the sandbox's API server, so that a test can do something right before a request is passed on. */
export class ApiGate {
  /** The requests that were passed on. */
  readonly passed: Request[] = [];
  /** How many requests are under way. */
  open = 0;
  private readonly server: Server;
  private readonly agent: Agent;
  private readonly target: string;
  private waiting: { matches: Matches; act: () => Promise<unknown> }[] = [];

  private constructor({ cluster, user }: SandboxAccess) {
    const decoded = (text: string) => Buffer.from(text, 'base64');
    this.target = cluster.server;
    this.agent = new Agent({
      keepAlive: true,
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    });
    this.server = createServer((request, response) => void this.pass(request, response));
  }

  static async open(): Promise<ApiGate> {
    const gate = new ApiGate(await sandboxAccess());
    gate.server.listen(0, '127.0.0.1');
    await once(gate.server, 'listening');
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Does something, once, before the next request of a kind is passed on. */
  before(matches: Matches, act: () => Promise<unknown>): void {
    this.waiting.push({ matches, act });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    this.agent.destroy();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open += 1;
    response.once('close', () => (this.open -= 1));
    const found = this.waiting.find(({ matches }) => matches(request));
    this.waiting = this.waiting.filter((it) => it !== found);
    const fail = () => response.destroy();
    await found?.act().catch(fail);
    const { method, url, headers } = request;
    this.passed.push({ method, url });
    const options: RequestOptions = { agent: this.agent, method, headers };
    const onward = requestTls(`${this.target}${url}`, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).on('error', fail);
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  }
}

/** Whether a request changes something, and is no dry run. */
export function isWrite({ method, url }: Request): boolean {
  return method !== 'GET' && !url?.includes('dryRun=');
}

export function isRead({ method }: Request): boolean {
  return method === 'GET';
}

/** Whether a request is the check of an apply that takes fields over. */
export function isForcedDryRun({ url }: Request): boolean {
  return url?.includes('force=true') === true && url.includes('dryRun=');
}
