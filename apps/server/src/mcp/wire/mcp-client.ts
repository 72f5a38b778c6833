import type { IncomingMessage } from 'node:http';
import { ownerOf, type Principal } from '#tools';
import { principalOf } from '../../http/authentication.js';
import { callerOf } from '../../http/caller.js';
import type { Narrowing } from '../narrowing/narrowing.js';

/** The client of a connection. */
export interface McpClient {
  /** As `StartOptions.caller`. */
  readonly caller: string;
  /** Who has proved to be calling, by its latest request. */
  principal: Principal;
  /** As `StartOptions.door`. */
  readonly door: string;
  /** What it sees and may call. */
  readonly narrowing: Narrowing;
  /** The negotiated version, once it is known. */
  protocolVersion?: string;
  /** What names its session in traces. Its id would say more, and prove more. */
  sessionKey?: string;
  /** Whether its connection offers tasks, if its protocol version has them. */
  offersTasks?: boolean;
  /** The least level of the log messages that it wants. */
  logLevel?: string | undefined;
  /** Keeps that level, for a connection that the server may forget. */
  keepLogLevel?: (level: string) => Promise<void>;
}

/** The protocol version that has tasks. */
const TASKS_VERSION = '2025-11-25';

/** Whether a call of this client may be a task. */
export function knowsTasks({ offersTasks, protocolVersion }: McpClient): boolean {
  return offersTasks === true && protocolVersion === TASKS_VERSION;
}

/** The client of an HTTP request. */
export function clientOf(
  request: IncomingMessage,
  narrowing: Narrowing,
  protocolVersion?: string,
): McpClient {
  const [caller, principal] = [callerOf(request), principalOf(request)];
  return { caller, principal, door: 'mcp', narrowing, protocolVersion };
}

/** Whether a request may use what a client has opened. The client then has its credential. */
export function isOf(client: McpClient, request: IncomingMessage): boolean {
  const principal = principalOf(request);
  if (ownerOf(principal) !== ownerOf(client.principal)) return false;
  client.principal = principal;
  return true;
}

/** Notes the protocol version if the message is the answer to `initialize`. */
export function noteVersion(client: McpClient, message: object): void {
  const { result } = message as { result?: { protocolVersion?: unknown } };
  if (typeof result?.protocolVersion === 'string') client.protocolVersion = result.protocolVersion;
}
