import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallOrigin, Principal, ToolInvocation } from '#tools';

/** How an object was changed. */
export interface NotedChange {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** As `diffObjects` shows it, without values of Secrets. */
  readonly diff: string;
}

/** The call of a tool that a request is made for. */
export interface GateCall {
  readonly tool: string;
  readonly category: string;
  readonly executionId: string;
  readonly principal: Principal | undefined;
  /** Who calls, as far as that is known. */
  readonly caller?: string | undefined;
  /** The way in: `rest`, `mcp` or `stdio`. */
  readonly door?: string | undefined;
  /** The request that it came with, if there is one. */
  readonly origin?: CallOrigin | undefined;
  /** What it has changed so far, as far as that was compared. See `noteChange`. */
  readonly changes?: NotedChange[] | undefined;
  /** Aborts when the call is cancelled. */
  readonly signal: AbortSignal;
  /** As in `ToolCall`: no write is sent before. */
  readonly remembered?: Promise<void> | undefined;
}

/** Whether all that a call changes is in clusters. Others change what this server itself has. */
export function reachesGate({ tool, call }: ToolInvocation): boolean {
  return tool.laneOf(call.shared) !== undefined;
}

/** The call that the work under way belongs to. */
export const callScope = new AsyncLocalStorage<GateCall>();

/**
 * Does work that is a part of the call under way, with a span of its own where traces are made.
 * @param name how traces name the work
 */
export async function asPartOfCall<T>(name: string, work: () => Promise<T>): Promise<T> {
  const call = callScope.getStore();
  const span = call?.origin?.span?.begin(name, 'internal', {});
  if (!span) return work();
  try {
    return await callScope.run({ ...call!, origin: { ...call!.origin!, span } }, work);
  } finally {
    span.end();
  }
}

/**
 * Does work that belongs to this server and to no call, although a call may have caused it: what it
 * brings is shared.
 */
export function outsideOfCalls<T>(work: () => T): T {
  return callScope.exit(work);
}
