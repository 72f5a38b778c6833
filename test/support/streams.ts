import { bearer } from './mcp-clients.js';
import { initialize } from './mcp-session.js';
import { TextStream } from './text-stream.js';

const EXECUTE = '/engine/v1/tools/k8s/wait_for_x_seconds/execute';
const JSON_TYPE = { 'content-type': 'application/json' };
const MCP = { ...JSON_TYPE, accept: 'application/json, text/event-stream' };
/** The arguments of a call that lasts longer than any test. */
export const LONG = { seconds: 120 };

/** Opens a stream of each kind, each with something that runs for long. */
export class Streams {
  constructor(
    private readonly url: string,
    private readonly credential: string,
  ) {}

  /** Starts a call that nobody waits for. */
  async execution(): Promise<string> {
    const answer = await this.send(
      'POST',
      EXECUTE,
      { ...JSON_TYPE, prefer: 'respond-async' },
      LONG,
    );
    return ((await answer.json()) as { execution_id: string }).execution_id;
  }

  follow(id: string, headers: Record<string, string> = {}): Promise<TextStream> {
    return this.open('GET', `/engine/v1/executions/${id}/events`, headers);
  }

  run(): Promise<TextStream> {
    return this.open('POST', EXECUTE, { ...JSON_TYPE, accept: 'text/event-stream' }, LONG);
  }

  /** @returns the headers of a new session */
  async session(): Promise<Record<string, string>> {
    const answer = await this.send('POST', '/mcp', MCP, initialize());
    await answer.text();
    return { ...MCP, 'mcp-session-id': answer.headers.get('mcp-session-id')! };
  }

  listen(session: Record<string, string>): Promise<TextStream> {
    return this.open('GET', '/mcp', session);
  }

  call(session: Record<string, string>): Promise<TextStream> {
    return this.open('POST', '/mcp', session, toolCall(7));
  }

  /** HTTP+SSE, with a call that runs. */
  async sse(): Promise<TextStream> {
    const stream = await this.open('GET', '/sse', {});
    const path = await stream.find(/\/messages\?sessionId=[\w-]+/);
    for (const message of [initialize(), toolCall(7)]) {
      await this.send('POST', path, JSON_TYPE, message);
    }
    await stream.find(/"id":0/);
    return stream;
  }

  send(method: string, path: string, headers: Record<string, string>, body?: object) {
    return fetch(`${this.url}${path}`, this.init(method, headers, body));
  }

  private open(method: string, path: string, headers: Record<string, string>, body?: object) {
    return TextStream.open(`${this.url}${path}`, this.init(method, headers, body));
  }

  private init(method: string, headers: Record<string, string>, body?: object): RequestInit {
    const all = { ...headers, ...bearer(this.credential) };
    return { method, headers: all, body: body && JSON.stringify(body) };
  }
}

function toolCall(id: number) {
  const params = { name: 'wait_for_x_seconds', arguments: LONG, _meta: { progressToken: id } };
  return { jsonrpc: '2.0', id, method: 'tools/call', params };
}
