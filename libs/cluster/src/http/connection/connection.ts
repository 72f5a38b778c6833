import type { ConnectionOptions } from 'node:tls';

export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'
>;

/** Where one API server is and how this server identifies itself to it. */
export interface Connection {
  /** The context's name. */
  readonly name: string;
  readonly server: URL;
  /** The namespace to use where none is given. */
  readonly namespace: string;
  /**
   * HTTP, HTTPS or SOCKS5 proxy in front of the API server; the environment may name one where this
   * is undefined.
   */
  readonly proxy: URL | undefined;
  /** Impersonation headers. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Whether a request can be sent without starting a program that gives credentials. */
  readonly isAtHand: boolean;
  /** What is wrong with files whose values before stay in use. */
  readonly problems: readonly string[];
  /** TLS options for a new connection; the same object as long as nothing has changed. */
  tls(): TlsOptions | Promise<TlsOptions>;
  /** The `Authorization` header of the next request. */
  authorization(): string | undefined | Promise<string | undefined>;
  /**
   * Forgets cached credentials after the API server refused them. False if nothing can be renewed.
   */
  renew(): boolean;
}
