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

/** The same message as a 2026 client sends it. */
export function asModern(message: unknown): unknown {
  const { params, ...rest } = (message ?? {}) as { params?: object };
  return {
    ...rest,
    params: {
      ...params,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
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
    return this.send('POST', this.toolCall(name, args));
  }

  /** Calls a tool that tells of its progress. @returns the answer to come, once the tool runs */
  async begin(name: string, args: object): Promise<{ answer: Promise<McpAnswer> }> {
    const response = await this.fetch('POST', this.toolCall(name, args));
    const [first, whole] = response.body!.tee();
    await first.getReader().read();
    return { answer: answerOf(response, new Response(whole).text()) };
  }

  async send(method: string, body?: string): Promise<McpAnswer> {
    const response = await this.fetch(method, body);
    return answerOf(response, response.text());
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

  private fetch(method: string, body?: string): Promise<Response> {
    return fetch(`${this.url}/mcp`, { method, headers: this.headers, body });
  }

  private toolCall(name: string, args: object): string {
    const id = this.nextId++;
    const params = { _meta: { progressToken: id }, name, arguments: args };
    return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
  }
}

async function answerOf({ status, headers }: Response, whole: Promise<string>): Promise<McpAnswer> {
  const text = await whole;
  return { status, headers, text, body: messageIn(text) };
}

function messageIn(text: string): unknown {
  const json = text.startsWith('{')
    ? text
    : /^data: (.*)$/m.exec(text.slice(text.lastIndexOf('event:')))?.[1];
  return json === undefined ? undefined : JSON.parse(json);
}
