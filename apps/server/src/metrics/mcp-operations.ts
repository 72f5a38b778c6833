import { histogram, OTHER } from '#telemetry';

/** As the conventions of OpenTelemetry for MCP have it, with the buckets that they recommend. */
const DURATION = histogram({
  name: 'mcp.server.operation.duration',
  description:
    'How long requests and notifications of MCP take, from their arrival to their answer.',
  unit: 's',
  labels: ['mcp.method.name', 'gen_ai.tool.name', 'error.type', 'network.transport'],
  buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
});

/** The methods that a client sends: what else it may send is counted together. */
const METHODS = new Set([
  'completion/complete',
  'initialize',
  'logging/setLevel',
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/progress',
  'notifications/roots/list_changed',
  'ping',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/templates/list',
  'resources/unsubscribe',
  'server/discover',
  'subscriptions/listen',
  'tasks/cancel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tools/call',
  'tools/list',
]);

/** The error type of a result that says that a tool has failed. */
const TOOL_ERROR = 'tool_error';

/** Requests whose answers are waited for: more than one connection has open. */
const MAX_OPEN = 1_000;

/** One request or notification. */
export interface Operation {
  method: string;
  /** A tool of the registry, or `_OTHER`. */
  tool?: string | undefined;
  /** The door that the client came by. */
  door: string;
}

/** What answers a request, as far as it is looked at: a result, or an error with a code. */
interface Ended {
  isError?: unknown;
  code?: unknown;
  [key: string]: unknown;
}

/** Counts an operation that began at a time of `performance.now()`. */
export function countOperation(
  { method, tool = '', door }: Operation,
  startedAt: number,
  { isError, code }: Ended = {},
): void {
  const seconds = (performance.now() - startedAt) / 1_000;
  const name = METHODS.has(method) ? method : OTHER;
  const failure = isError === true ? TOOL_ERROR : code === undefined ? '' : codeOf(code);
  DURATION.record(seconds, name, tool, failure, door === 'stdio' ? 'pipe' : 'tcp');
}

/** Error codes of JSON-RPC are few; one that is none is not told apart. */
function codeOf(code: unknown): string {
  return typeof code === 'number' ? String(code) : OTHER;
}

interface Message {
  id?: unknown;
  method?: unknown;
  error?: Ended;
}

/** What of a transport is looked at. */
interface Transport {
  onmessage?: ((message: never, extra?: never) => void) | undefined;
  send: (message: never, ...others: never[]) => Promise<void>;
}

/**
 * Counts what an SDK answers by itself over a transport that it is connected to.
 * @param isCounted whether a method is counted elsewhere
 */
export function watchOperations(
  transport: Transport,
  door: string,
  isCounted: (method: string) => boolean,
): void {
  const open = new Map<unknown, { method: string; startedAt: number }>();
  const { onmessage } = transport;
  const send = transport.send.bind(transport) as (...all: unknown[]) => Promise<void>;
  const receive = (message: Message, ...others: unknown[]) => {
    const { id, method } = message;
    const startedAt = performance.now();
    const isNew = typeof method === 'string' && !isCounted(method);
    if (isNew && id !== undefined && open.size < MAX_OPEN) open.set(id, { method, startedAt });
    (onmessage as ((...all: unknown[]) => void) | undefined)?.call(transport, message, ...others);
    if (isNew && id === undefined) countOperation({ method, door }, startedAt);
  };
  transport.onmessage = receive as typeof transport.onmessage;
  transport.send = (message: Message, ...others: unknown[]) => {
    const asked = message.method === undefined ? open.get(message.id) : undefined;
    if (asked) {
      open.delete(message.id);
      countOperation({ method: asked.method, door }, asked.startedAt, message.error);
    }
    return send(message, ...others);
  };
}
