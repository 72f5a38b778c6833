import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '#tools';

/** The call of a tool that a request is made for. */
export interface GateCall {
  readonly tool: string;
  readonly category: string;
  readonly executionId: string;
  readonly principal: Principal | undefined;
  /** Aborts when the call is cancelled. */
  readonly signal: AbortSignal;
}

/** The call that the work under way belongs to. */
export const callScope = new AsyncLocalStorage<GateCall>();

/**
 * Does work that belongs to this server and to no call, although a call may have caused it: what it
 * brings is shared.
 */
export function outsideOfCalls<T>(work: () => T): T {
  return callScope.exit(work);
}
