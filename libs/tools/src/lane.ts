import type { ToolError } from './tool.error.js';

/**
 * The target that calls share, such as one cluster. Calls of one lane must not hold up those of
 * another.
 */
export interface Lane {
  readonly name: string;
  /** Whether this is the only lane, so that no room must be left for others. */
  readonly isOnly: boolean;
  /** Why no call of this lane can run now. Undefined while calls can run. */
  readonly refusal: ToolError | undefined;
  /**
   * Milliseconds in all that calls on this lane have waited for one another. They do not count
   * against the time limit of a tool.
   */
  readonly waitedMs: number;
}
