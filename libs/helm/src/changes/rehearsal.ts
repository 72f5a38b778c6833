import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Answer, Cluster, ProgramContext } from '#cluster';
import { ChartKinds } from './chart-kinds.js';
import { RehearsedWrites } from './rehearsed-writes.js';

/** Requests that are sent to the API server at the same time. */
const REQUEST_CONCURRENCY = 16;
const TOKEN_BYTES = 32;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * A listener on loopback in front of an API server while helm rehearses a change. Reads are passed
 * on, and every write becomes a dry run. So helm decides what it would send, and the API server
 * what the result would be.
 */
export class Rehearsal implements ProgramContext {
  readonly context = undefined;
  readonly writes: RehearsedWrites;
  private readonly token = randomBytes(TOKEN_BYTES).toString('hex');
  private readonly server: Server;
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  private constructor(
    cluster: Cluster,
    private readonly signal: AbortSignal,
    private readonly folder: string,
    kinds: ChartKinds,
  ) {
    this.writes = new RehearsedWrites(cluster, signal, kinds);
    // Warnings of the API server belong to the call that this rehearsal is for.
    const serve = AsyncLocalStorage.bind(this.serve.bind(this));
    this.server = createServer((request, response) => void serve(request, response));
  }

  /**
   * Listens on a free port. Whoever opens it closes it.
   * @param kinds that the API server does not serve yet
   */
  static async open(
    cluster: Cluster,
    signal: AbortSignal,
    kinds = new ChartKinds(),
  ): Promise<Rehearsal> {
    const folder = await mkdtemp(join(tmpdir(), 'helm-rehearsal-'));
    const rehearsal = new Rehearsal(cluster, signal, folder, kinds);
    try {
      rehearsal.server.listen(0, '127.0.0.1');
      await once(rehearsal.server, 'listening', { signal });
      await writeFile(rehearsal.kubeconfig, rehearsal.kubeconfigText(), { mode: 0o600 });
    } catch (error) {
      await rehearsal.close();
      throw error;
    }
    return rehearsal;
  }

  /**
   * The environment that leads helm to the listener. Its cache of discovery goes with the folder.
   */
  get env(): Record<string, string> {
    return { KUBECONFIG: this.kubeconfig, KUBECACHEDIR: join(this.folder, 'cache') };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** The token in the path keeps other users of this machine out. */
  private kubeconfigText(): string {
    const { port } = this.server.address() as AddressInfo;
    const name = 'rehearsal';
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server: `http://127.0.0.1:${port}/${this.token}` } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      users: [{ name, user: {} }],
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const prefix = `/${this.token}`;
    if (!request.url?.startsWith(`${prefix}/`)) return void response.writeHead(404).end();
    try {
      const url = new URL(request.url.slice(prefix.length), 'http://localhost');
      const body = await buffer(request);
      const {
        status,
        headers,
        body: answer,
      } = await this.inTurn(() => this.pass(request, url, body));
      const type = headers['content-type'] ?? 'application/json';
      response.writeHead(status, { 'content-type': String(type) }).end(answer);
    } catch {
      // Helm reports the broken connection, and a caller who cancels knows the reason.
      response.destroy();
    }
  }

  private pass({ method, headers }: IncomingMessage, url: URL, body: Buffer): Promise<Answer> {
    const query = Object.fromEntries(url.searchParams);
    const known = METHODS.find((one) => one === method);
    if (!known || query['watch'] !== undefined) {
      return Promise.resolve({ status: 405, headers: {}, body: Buffer.alloc(0) });
    }
    const { accept, 'content-type': contentType } = headers;
    const options = { query, accept, contentType, signal: this.signal };
    return known === 'GET'
      ? this.writes.read(url.pathname, options)
      : this.writes.write(url.pathname, { ...options, method: known, body });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= REQUEST_CONCURRENCY)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}
