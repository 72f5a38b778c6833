import { request, type IncomingMessage } from 'node:http';

/** The first message of a client of the 2025 protocols. */
export function initialize(protocolVersion = '2025-06-18') {
  const params = {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: 'mcp', version: '0.1.0' },
  };
  return { jsonrpc: '2.0', id: 0, method: 'initialize', params };
}

export interface McpAnswer {
  status: number;
  headers: Headers;
  /** As it came. */
  text: string;
  /** The JSON-RPC message, the last one of an event stream. */
  body: unknown;
}

/** The requests of a 2025 client, header by header. */
export class McpSession {
  readonly headers: Record<string, string> = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  };
  private nextId = 1;

  constructor(private readonly url: string) {}

  static async open(url: string, protocolVersion?: string): Promise<McpSession> {
    const session = new McpSession(url);
    const message = initialize(protocolVersion);
    const { headers } = await session.post(message);
    session.headers['mcp-session-id'] = headers.get('mcp-session-id') ?? '';
    session.headers['mcp-protocol-version'] = message.params.protocolVersion;
    await session.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return session;
  }

  post(message: unknown): Promise<McpAnswer> {
    return this.send('POST', JSON.stringify(message));
  }

  call(name: string, args: object): Promise<McpAnswer> {
    const id = this.nextId++;
    const params = { _meta: { progressToken: id }, name, arguments: args };
    return this.post({ jsonrpc: '2.0', id, method: 'tools/call', params });
  }

  async send(method: string, body?: string): Promise<McpAnswer> {
    const response = await fetch(`${this.url}/mcp`, { method, headers: this.headers, body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: messageIn(text) };
  }

  /** Opens the stream for what the server has to say by itself. */
  listen(): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(`${this.url}/mcp`, { headers: this.headers }, (response) => {
        resolve(response.on('error', () => undefined).resume());
      })
        .on('error', reject)
        .end();
    });
  }
}

function messageIn(text: string): unknown {
  const json = text.startsWith('{')
    ? text
    : /^data: (.*)$/m.exec(text.slice(text.lastIndexOf('event:')))?.[1];
  return json === undefined ? undefined : JSON.parse(json);
}
