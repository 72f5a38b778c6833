import type { CallRequest } from '#telemetry';
import type { CallOrigin, PreparedCall, Principal, Progress } from '#tools';
import type { LiveExecution } from '../live-execution.js';
import type { Place } from './run-queue.js';

/** How a front door wants a call to be run. */
export interface StartOptions {
  /** Who calls: places, sessions and what is stored are shared out by this. */
  caller: string;
  /** Who has proved to be calling. */
  principal?: Principal | undefined;
  /** The way in: `rest`, `mcp` or `stdio`. */
  door?: string | undefined;
  /** The request that it came with. */
  request?: CallRequest | undefined;
  /** Somebody will come back for it: it is stored before it begins, with its whole output. */
  keep?: boolean;
  /** UUID to run under; a new one unless given. */
  executionId?: string;
  /** The same key of the same caller means the same execution. */
  idempotencyKey?: string;
  /** Seconds that it may run, where fewer than its tool's own limit. */
  timeLimitSeconds?: number;
  /** Characters that its answer may have, where its caller asks for other than usual. */
  maxOutputChars?: number | undefined;
  progress?: (progress: Progress) => void;
  emit?: (chunk: string) => void;
}

/** What is recorded of a call that does not begin. */
export type RefusalOptions = Pick<StartOptions, 'caller' | 'principal' | 'door' | 'request'> & {
  executionId: string;
  /** What its request led to. Undefined while nothing has. */
  origin?: CallOrigin | undefined;
};

/** How a call is run that has its id. */
export type Identified = StartOptions & RefusalOptions;

/** A call that has its place, or waits for it. */
export interface Admitted {
  readonly execution: LiveExecution;
  readonly call: PreparedCall;
  readonly options: Identified;
  readonly place: Place;
}

/** An execution that `start` has begun, or found under its idempotency key. */
export interface Started {
  id: string;
  /** Set while it runs on this server. */
  live?: LiveExecution | undefined;
}

/**
 * Whether a call may begin before it is stored. One that has a key may turn out to be another
 * one's, and one that waits for its place is stored meanwhile.
 */
export function mayRunUnstored({ call, options, place }: Admitted): boolean {
  const { idempotencyKey } = options;
  return !call.tool.annotations.readOnlyHint && idempotencyKey === undefined && place.isNow;
}

/** The parameters of a call as they were read. */
export function argsOf({ input, shared }: PreparedCall): unknown {
  return { ...input, ...shared };
}
