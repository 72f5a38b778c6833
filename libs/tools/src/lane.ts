import type { ToolError } from './tool.error.js';

/**
 * The way of calls to what they work on, such as one cluster. Those of one lane must not hold up
 * those of another.
 */
export interface Lane {
  readonly name: string;
  /** Whether there is no other lane that room must be left for. */
  readonly isOnly: boolean;
  /** Why no call can go this way now; undefined while they can. */
  readonly refusal: ToolError | undefined;
  /**
   * Milliseconds so far in which calls on this lane have waited for one another. They are not held
   * against the time limit of a tool.
   */
  readonly waitedMs: number;
}
