/** The call that a requirement is checked for. */
export interface RequirementScope {
  /** The parameters of the call that tools share, such as the cluster's context. */
  shared: Readonly<Record<string, unknown>>;
  /** Aborts when the call is cancelled. */
  signal: AbortSignal;
}

/**
 * Something that a tool cannot work without, such as a program. Checked before each call, so it may
 * appear while the server runs.
 */
export abstract class ToolRequirement {
  /** The program on the PATH that it is about, if it is about one. */
  readonly program: string | undefined;

  /**
   * What is missing and how to get it, or undefined if nothing is missing.
   * @param scope the call. Left out when tools are listed: then the requirement is missing only if
   * no call can have it, and the answer must be quick.
   * @throws ToolError if the call cannot find out
   */
  abstract missing(scope?: RequirementScope): Promise<string | undefined>;
}
