import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { asModern, initialize } from './mcp-session.js';

interface Server {
  url: string;
  pid: number;
}

/** Milliseconds after which a call that was sent runs. */
const RUNS_MS = 50;
/** Milliseconds for which a server is paused while connections to it are opened and reset. */
const PAUSE_MS = 50;

const CALL = { path: '/engine/v1/tools/k8s/wait_for_x_seconds/execute', body: { seconds: 2 } };

const MCP_HEADERS = { accept: 'application/json, text/event-stream' };
const MCP_CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'wait_for_x_seconds', arguments: { seconds: 2 } },
};

interface Request {
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

/** Requests by the doors and modes that they come in by. */
const REQUESTS: Record<string, Request> = {
  REST: CALL,
  'REST, streamed': { ...CALL, headers: { accept: 'text/event-stream' } },
  'REST, left alone': { ...CALL, headers: { prefer: 'respond-async' } },
  'MCP 2026': {
    path: '/mcp',
    headers: {
      ...MCP_HEADERS,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'wait_for_x_seconds',
    },
    body: asModern(MCP_CALL) as object,
  },
  'MCP 2025, its first message': { path: '/mcp', headers: MCP_HEADERS, body: initialize() },
  'HTTP+SSE': { path: '/sse' },
};

/** Moments at which a client resets its connection (TCP RST), once it is open. */
const MOMENTS: Record<string, (socket: Socket, text: string) => Promise<void> | void> = {
  'with nothing sent': () => undefined,
  'within the headers': (socket, text) => void socket.write(text.slice(0, 40)),
  'before the body': (socket, text) => void socket.write(text.slice(0, text.indexOf('{'))),
  'within the body': (socket, text) => void socket.write(text.slice(0, -5)),
  'when it has sent all': (socket, text) => void socket.write(text),
  'while the call runs': async (socket, text) => {
    socket.write(text);
    await sleep(RUNS_MS);
  },
};

/** Every way of resetting a connection: a request and a moment. */
export const RESETS = Object.keys(REQUESTS).flatMap((request) =>
  Object.keys(MOMENTS).map((moment) => [request, moment] as const),
);

/** Opens a connection, sends a request as far as a moment, and resets it. */
export async function reset(server: Server, request: string, moment: string): Promise<void> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  await once(socket, 'connect');
  await MOMENTS[moment]!(socket, textOf(server.url, REQUESTS[request]!));
  socket.resetAndDestroy();
}

/**
 * Has connections reset before a server has accepted them: it is paused meanwhile. It then sees
 * whole requests of clients without an address.
 */
export async function resetUnread(server: Server): Promise<void> {
  process.kill(server.pid, 'SIGSTOP');
  try {
    await Promise.all(
      Object.keys(REQUESTS).map((request) => reset(server, request, 'when it has sent all')),
    );
    await sleep(PAUSE_MS);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
}

function textOf(url: string, { path, headers, body }: Request): string {
  const text = body ? JSON.stringify(body) : '';
  const all = {
    host: new URL(url).host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${body ? 'POST' : 'GET'} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`;
}
