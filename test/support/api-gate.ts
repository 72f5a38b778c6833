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
import type { Duplex } from 'node:stream';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxAccess, type SandboxAccess } from './kubeconfig.js';

/** What is told of a request: its method and its path with the query. */
type Request = Pick<IncomingMessage, 'method' | 'url'>;
type Matches = (request: Request) => boolean;
type Body = Record<string, unknown>;
type Moments = Record<'before' | 'after', { matches: Matches; act: () => Promise<unknown> }[]>;

/**
 * Stands before the sandbox's API server, so that a test can do something right before a request is
 * passed on or its answer is passed back.
 */
export class ApiGate {
  /** The requests that were passed on. */
  readonly passed: Request[] = [];
  /** How many requests are under way. */
  open = 0;
  private readonly server: Server;
  private readonly agent: Agent;
  private readonly target: string;
  /** Milliseconds by which each answer comes later. */
  delayMs = 0;
  private isAway = false;
  /** While it is frozen: resolves when it goes on. */
  private frozen: PromiseWithResolvers<void> | undefined;
  /** The connections that carry something else than HTTP by now. */
  private readonly upgraded = new Set<Duplex>();
  private readonly answers: { matches: Matches; status: number; body: string }[] = [];
  private readonly waiting: Moments = { before: [], after: [] };
  private readonly changes: { matches: Matches; change: (body: Body) => Body }[] = [];

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
    this.server.on('connection', (socket) => {
      if (this.isAway) socket.destroy();
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex) =>
      this.passUpgrade(request, socket),
    );
  }

  /** @param access to the API server; that of the sandbox of this test file unless given */
  static async open(access?: SandboxAccess): Promise<ApiGate> {
    const gate = new ApiGate(access ?? (await sandboxAccess()));
    gate.server.listen(0, '127.0.0.1');
    await once(gate.server, 'listening');
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /**
   * Does something, once, before the next request of a kind is passed on. If that fails, the
   * connection is broken instead.
   */
  before(matches: Matches, act: () => Promise<unknown>): void {
    this.waiting.before.push({ matches, act });
  }

  /**
   * Does something, once, before the next answer to a request of a kind is passed back. If that
   * fails, the connection is broken instead.
   */
  after(matches: Matches, act: () => Promise<unknown>): void {
    this.waiting.after.push({ matches, act });
  }

  /** Changes the JSON body of the next request of a kind. */
  change(matches: Matches, change: (body: Body) => Body): void {
    this.changes.push({ matches, change });
  }

  /**
   * Answers the next request of a kind in place of the API server, once that has done what was
   * asked. An answer that refuses the request is passed back as it is.
   */
  replace(matches: Matches, status: number, body: string): void {
    this.answers.push({ matches, status, body });
  }

  /** Breaks every connection, and takes none until `comeBack`. */
  goAway(): void {
    this.isAway = true;
    this.server.closeAllConnections();
    for (const socket of this.upgraded) socket.destroy();
  }

  comeBack(): void {
    this.isAway = false;
  }

  /** Answers nothing until `thaw`, though it takes connections and requests. */
  freeze(): void {
    this.frozen ??= Promise.withResolvers();
  }

  thaw(): void {
    this.frozen?.resolve();
    this.frozen = undefined;
  }

  close(): void {
    this.thaw();
    this.server.closeAllConnections();
    this.server.close();
    this.agent.destroy();
  }

  /** Passes on what wants to be a WebSocket. */
  private passUpgrade({ method, url, headers }: IncomingMessage, near: Duplex): void {
    this.upgraded.add(near);
    near.once('close', () => this.upgraded.delete(near));
    const onward = requestTls(`${this.target}${url}`, { agent: this.agent, method, headers });
    onward.once('upgrade', ({ headers: answered }: IncomingMessage, far: Duplex) => {
      const lines = Object.entries(answered).map(([name, value]) => `${name}: ${String(value)}`);
      near.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.pipe(to);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
      }
    });
    onward.once('response', () => near.destroy()).on('error', () => near.destroy());
    onward.end();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open += 1;
    response.once('close', () => (this.open -= 1));
    const fail = () => response.destroy();
    await this.frozen?.promise;
    if (this.delayMs > 0) await sleep(this.delayMs);
    let isLost = false;
    await take(this.waiting.before, request)
      ?.act()
      .catch(() => (isLost = true));
    if (isLost) {
      fail();
      return;
    }
    const { method, url, headers } = request;
    this.passed.push({ method, url });
    const options: RequestOptions = { agent: this.agent, method, headers };
    const changed = take(this.changes, request);
    if (changed) delete headers['content-length'];
    const onward = requestTls(`${this.target}${url}`, options, (answer) => {
      const after = take(this.waiting.after, request)?.act() ?? Promise.resolve();
      after.then(() => {
        const isDone = (answer.statusCode ?? 502) < 300;
        const other = isDone ? take(this.answers, request) : undefined;
        if (other) {
          answer.resume();
          response.writeHead(other.status, { 'content-type': 'text/html' }).end(other.body);
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }, fail);
    }).on('error', fail);
    response.once('close', () => onward.destroy());
    if (changed) onward.end(JSON.stringify(changed.change((await json(request)) as Body)));
    else request.pipe(onward);
  }
}

/** Takes the first that a request matches. */
function take<T extends { matches: Matches }>(items: T[], request: Request): T | undefined {
  const index = items.findIndex(({ matches }) => matches(request));
  return index < 0 ? undefined : items.splice(index, 1)[0];
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
