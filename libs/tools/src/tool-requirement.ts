/** What a requirement is asked for: one call, of which this much is known. */
export interface RequirementScope {
  /** The call's parameters that are shared by tools, such as the cluster's context. */
  shared: Readonly<Record<string, unknown>>;
  /** Aborts when the call is cancelled. */
  signal: AbortSignal;
}

/**
 * Something that a tool cannot work without, such as a program. Checked before each call, so it may
 * appear while the server runs.
 */
export abstract class ToolRequirement {
  /**
   * What is missing and how to get it, or undefined when it is there.
   * @param scope the call; left out where tools are listed: then it is missing only if no call can
   * have it, and the answer has to come soon
   * @throws ToolError where a call has no way to know
   */
  abstract missing(scope?: RequirementScope): Promise<string | undefined>;
}
