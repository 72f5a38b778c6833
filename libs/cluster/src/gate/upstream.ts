/** A request of a program to an API server. */
export interface ProgramRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query as the program has sent them. */
  target: string;
  /** Those of its headers that an API server may get. */
  headers: Readonly<Record<string, string>>;
  /** Undefined if it is empty. */
  body: Buffer | undefined;
  /** Aborts when the program hangs up. */
  signal: AbortSignal;
}

/** The answer that a program gets. */
export interface ProgramAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The whole body, or what comes of it. */
  body: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * What stands behind an address of the `GateListener`.
 * @throws ToolError, which the program gets as the Status of an API server
 */
export type Upstream = (request: ProgramRequest) => Promise<ProgramAnswer>;
