import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, query: URLSearchParams) => void;

const NAMES: Record<string, [kind: string, ...subresources: string[]]> = {
  pods: ['Pod', 'log'],
  configmaps: ['ConfigMap'],
  events: ['Event'],
  secrets: ['Secret'],
  namespaces: ['Namespace'],
  nodes: ['Node'],
};

/** Resource types that it serves beside the usual ones. */
const MANY = 10_000;

/**
 * An API server that holds more than a real one can, or for longer. It answers what it was told to.
 */
export class LargeApi {
  private readonly answers = new Map<string, Answer>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<LargeApi> {
    const server = createServer();
    const api = new LargeApi(server);
    server.on('request', (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', api.url);
      const answer = api.answers.get(pathname);
      response.setHeader('content-type', 'application/json');
      if (answer) answer(response, searchParams);
      else response.writeHead(404).end();
    });
    api.json('/api', { kind: 'APIVersions', versions: ['v1'] });
    const version = { groupVersion: 'metrics.k8s.io/v1beta1', version: 'v1beta1' };
    const group = { name: 'metrics.k8s.io', preferredVersion: version, versions: [version] };
    api.json('/apis', { kind: 'APIGroupList', groups: [group] });
    const listed = (groupVersion: string, resources: object[]) => ({
      kind: 'APIResourceList',
      groupVersion,
      resources,
    });
    api.json('/apis/metrics.k8s.io/v1beta1', listed(version.groupVersion, []));
    api.json('/api/v1', listed('v1', resourceTypes()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers a path with JSON. */
  json(path: string, value: unknown): void {
    const body = JSON.stringify(value);
    this.answers.set(path, (response) => response.end(body));
  }

  /** Answers a path with a text that is made of a piece again and again. */
  text(path: string, piece: string, times: number): void {
    this.answers.set(path, (response) => {
      let left = times;
      const write = () => {
        while (left > 0 && !response.destroyed) {
          left -= 1;
          if (!response.write(piece)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
  }

  /**
   * Answers a path with a list, in pages of the size that is asked for; of items which are the same
   * but for their names.
   */
  list(path: string, kind: string, count: number, itemOf: (index: number) => object): void {
    this.answers.set(path, (response, query) => {
      const start = Number(query.get('continue') ?? 0);
      const end = Math.min(count, start + Number(query.get('limit') ?? count));
      const items = Array.from({ length: end - start }, (_, index) => itemOf(start + index));
      const metadata = end < count ? { continue: String(end) } : {};
      response.end(JSON.stringify({ apiVersion: 'v1', kind, metadata, items }));
    });
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function resourceTypes(): object[] {
  const usual = Object.entries(NAMES).flatMap(([name, [kind, ...subresources]]) => {
    const namespaced = !['namespaces', 'nodes'].includes(name);
    const verbs = ['get', 'list'];
    const names = [name, ...subresources.map((subresource) => `${name}/${subresource}`)];
    return names.map((one) => ({ name: one, kind, namespaced, verbs }));
  });
  const many = Array.from({ length: MANY }, (_, index) => {
    const name = `${'thing'.repeat(10)}${index}s`;
    return [name, `${name}/status`].map((one) => ({ name: one, kind: name, namespaced: true }));
  });
  return [...usual, ...many.flat()];
}
