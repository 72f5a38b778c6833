/** A credential, or what gives the present one: it is asked before each request. */
export type Token = string | (() => string | Promise<string>);

/** How a client reaches its server. */
export interface ClientOptions {
  /** Where the server is, such as `http://localhost:8081`. A path before `/engine` belongs here. */
  baseUrl: string;
  /** Sent as `Authorization: Bearer …`. */
  token?: Token | undefined;
  /** Headers of each request. */
  headers?: Record<string, string> | undefined;
  /** What makes the requests, in place of the global `fetch`. */
  fetch?: typeof fetch | undefined;
  /**
   * How often a call is tried again, where that is safe: 3 unless given. With 0, no idempotency
   * keys are made.
   */
  retries?: number | undefined;
  /** Seconds for which a broken stream is opened again and again: 60 unless given. */
  reconnectSeconds?: number | undefined;
}

/** What any request can be given. */
export interface RequestOptions {
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
}

/** How the events of a run are read. */
export interface FollowOptions extends RequestOptions {
  /** The id of the last event that was read: those that follow it come. */
  after?: number | undefined;
  /** Characters that the result may have, in place of the setting of the server. */
  maxOutputChars?: number | undefined;
}

/** How a tool is run. */
export interface StartOptions extends RequestOptions {
  /** Seconds that the call may run, if that is less than the limit of the tool. */
  timeoutSeconds?: number | undefined;
  /** The same call with the same key is run once. One is made for each write unless given. */
  idempotencyKey?: string | undefined;
  /** Characters that the answer may have, in place of the setting of the server. */
  maxOutputChars?: number | undefined;
}

/** How a tool is called. */
export interface CallOptions extends StartOptions {
  /** Whether the answer has structured data too, where the tool has them. */
  data?: boolean | undefined;
}
