import type { Lane } from './lane.js';
import type { ToolRequirement } from './tool-requirement.js';
import type { InputClass, InputSchema } from './input-schema.js';

/**
 * What a tool does to the world. Both are always said, as MCP's default for a missing
 * `destructiveHint` is "true".
 */
export interface ToolAnnotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
}

/**
 * What a running call takes from others. `work` is bounded in number, also by category; `read` as
 * well, but not by category, as it starts no program; `wait` only lets time pass, and is bounded
 * apart from that; `none` is about other calls, and has to get through when all places are taken.
 */
export type ToolPlace = 'work' | 'read' | 'wait' | 'none';

/** What a tool answers: text for the reader and, where it has them, the same facts as data. */
export interface ToolResult {
  output: string;
  data?: unknown;
}

/**
 * How far a running call is: `progress` of `total` (same unit, unknown total left out), and what it
 * is doing.
 */
export interface Progress {
  progress: number;
  total?: number;
  message?: string;
}

/** What a running tool knows of the call it serves, and what it may report meanwhile. */
export interface ToolCall {
  /** UUID of this run; also the key in the logs. */
  readonly executionId: string;
  /** Who calls, as far as that is known: callers take turns by it. */
  readonly caller?: string | undefined;
  /** Aborts when the caller cancels, hangs up, or the time limit is reached. */
  readonly signal: AbortSignal;
  /** The values of the parameters that the tool shares with others, by name. */
  readonly shared: Readonly<Record<string, unknown>>;
  /**
   * Seconds that its caller gives it, where fewer than its tool's own limit; undefined if it was
   * not said.
   */
  readonly timeLimitSeconds?: number;
  /** Characters after which the answer is cut: a tool need not fetch more than this. */
  readonly maxOutputChars: number;
  /** Reports how far the work is. */
  readonly progress: (progress: Progress) => void;
  /** Hands out a piece of the output before the call ends. */
  readonly emit: (chunk: string) => void;
}

/** One registered tool: what is listed of it, and how it is run. */
export interface ToolDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  /** The category first, then the tool's own. */
  readonly tags: readonly string[];
  readonly annotations: Readonly<ToolAnnotations>;
  readonly inputSchema: InputSchema;
  /** Parameters of a call that works on the sandbox. */
  readonly example: Readonly<Record<string, unknown>>;
  /** The DTO class of the tool's own parameters. */
  readonly input: InputClass;
  /** Those of the parameters that it shares with other tools. */
  readonly sharedInputs: readonly InputClass[];
  readonly requirements: readonly ToolRequirement[];
  /** Among which calls a call counts while it runs. */
  placeOf(input: object): ToolPlace;
  /** Seconds that a call may take. */
  timeLimitSeconds(input: object): number;
  /**
   * Whether a caller has said how long a call may take, and so waits for its end.
   * @param args the parameters, as the caller sent them
   */
  isTimed(args: unknown): boolean;
  /** The lane of a call with such shared parameters, if it has one. */
  laneOf(shared: ToolCall['shared']): Lane | undefined;
  run(input: object, call: ToolCall): unknown;
}
