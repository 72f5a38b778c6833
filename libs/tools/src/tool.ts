import type { CallOrigin } from './call-origin.js';
import type { Effect } from './effect.js';
import type { Lane } from './lane.js';
import type { Principal } from './principal.js';
import type { ToolRequirement } from './tool-requirement.js';
import type { InputClass, InputSchema } from './input-schema.js';

/**
 * What a tool does to the world. All hints are published, because MCP's defaults for missing ones
 * are the worst cases.
 */
export interface ToolAnnotations {
  readOnlyHint: boolean;
  /** Whether it deletes or overwrites something, or replaces pods that run. */
  destructiveHint: boolean;
  /** Whether the same call again changes nothing more. */
  idempotentHint: boolean;
  /** Whether it reaches beyond the cluster: other hosts, or whatever a command does. */
  openWorldHint: boolean;
}

/**
 * The kind of place that a running call takes. The number of `work` calls is bounded, in all and by
 * category. `read` calls count in all, but not by category, because they start no program. `wait`
 * calls only let time pass, and have a bound of their own. `none` is for calls about other calls,
 * which must get through when all places are taken.
 */
export type ToolPlace = 'work' | 'read' | 'wait' | 'none';

/** What a tool answers: text for the reader and, if it has them, the same facts as data. */
export interface ToolResult {
  output: string;
  data?: unknown;
}

/**
 * How far a running call is: `progress` of `total` (in the same unit; an unknown total is left
 * out), and what it is doing.
 */
export interface Progress {
  progress: number;
  total?: number;
  message?: string;
  /** Whether all changes of the call are made, and it only lets time pass. */
  settled?: boolean;
}

/** What a running tool knows of its call, and how it reports progress and output. */
export interface ToolCall {
  /** UUID of this run; also the key in the logs. */
  readonly executionId: string;
  /** Who calls, as far as that is known: callers take turns by it. */
  readonly caller?: string | undefined;
  /** Who has proved to be calling. Undefined for calls that the server makes by itself. */
  readonly principal?: Principal | undefined;
  /** The way in: `rest`, `mcp` or `stdio`. */
  readonly door?: string | undefined;
  /** The request that it came with, if there is one. */
  readonly origin?: CallOrigin | undefined;
  /** Aborts when the caller cancels, hangs up, or the time limit is reached. */
  readonly signal: AbortSignal;
  /**
   * Resolves once the call is remembered, and rejects if it cannot be: nothing may be changed
   * before. Undefined where nobody waits for that.
   */
  readonly remembered?: Promise<void> | undefined;
  /** The values of the parameters that the tool shares with others, by name. */
  readonly shared: Readonly<Record<string, unknown>>;
  /**
   * Seconds that the caller gives it, if fewer than the limit of the tool. Undefined if not given.
   */
  readonly timeLimitSeconds?: number;
  /**
   * Characters that the answer has at most. A tool that can go on from there by another call
   * fetches no more, and says below its output how.
   */
  readonly maxOutputChars: number;
  /**
   * Characters of the output that are kept. What is beyond the answer is read on in the execution.
   * A tool need not fetch more.
   */
  readonly maxKeptChars: number;
  /** Reports how far the work is. */
  readonly progress: (progress: Progress) => void;
  /** Hands out a piece of the output before the call ends. */
  readonly emit: (chunk: string) => void;
  /**
   * Says that the call has made all its changes, and from here on only lets time pass. Its place
   * becomes free, and its changes are known to be made, whatever becomes of the rest.
   */
  readonly settled: () => void;
}

/** One registered tool: what lists show of it, and how it runs. */
export interface ToolDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  /** The category first, then the tool's own. */
  readonly tags: readonly string[];
  readonly annotations: Readonly<ToolAnnotations>;
  /** Every effect that a call can have. */
  readonly effects: readonly Effect[];
  /** The same object until the parameters change, as they may with what there is to name. */
  readonly inputSchema: InputSchema;
  /** Parameters of a call that works on the sandbox. */
  readonly example: Readonly<Record<string, unknown>>;
  /** The DTO class of the tool's own parameters. */
  readonly input: InputClass;
  /** The DTO classes of the parameters that it shares with other tools. */
  readonly sharedInputs: readonly InputClass[];
  readonly requirements: readonly ToolRequirement[];
  /** The kind of place that a call takes while it runs. */
  placeOf(input: object): ToolPlace;
  /** Seconds that a call may take. */
  timeLimitSeconds(input: object): number;
  /**
   * Seconds for which a call with such shared parameters lets time pass once it is settled, beyond
   * its time limit.
   */
  waitSeconds(shared: ToolCall['shared']): number;
  /**
   * Whether the caller has set a time limit, and so waits for the end of the call.
   * @param args the parameters, as the caller sent them
   */
  isTimed(args: unknown): boolean;
  /** The lane of a call with such shared parameters, if it has one. */
  laneOf(shared: ToolCall['shared']): Lane | undefined;
  run(input: object, call: ToolCall): unknown;
}
