/** Something wrong in a policy file, and where. Lines and columns count from 1. */
export interface PolicyFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A policy that cannot be in force. The message has one line for each fault. */
export class PolicyError extends Error {
  /**
   * @param source how the file is called
   * @param faults in the order of the file
   */
  constructor(
    source: string,
    readonly faults: readonly PolicyFault[],
  ) {
    super(
      faults
        .map(({ line, column, message }) => `${source}:${line}:${column}: ${message}`)
        .join('\n'),
    );
  }
}
