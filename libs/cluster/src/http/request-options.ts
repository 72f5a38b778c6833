import type { Identity } from '../gate/gate.js';
import type { RequestSpan } from './request-span.js';

/** One request to an API server. */
export interface RequestOptions {
  /** GET unless said. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Query parameters; undefined ones are left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Text or bytes are sent as they are, anything else as JSON. */
  body?: unknown;
  /** `application/json` unless said. */
  contentType?: string;
  /** `application/json` unless said. */
  accept?: string;
  signal?: AbortSignal;
  /** Milliseconds until the request ends as `timeout`. */
  timeoutMs?: number;
  /** Whether to open a new connection if all others are in use, instead of waiting for one. */
  isUrgent?: boolean;
  /** The most bytes of an answer. A larger one fails with AnswerTooLarge. */
  maxBytes?: number;
  /**
   * For writes: false fails at once as `busy` where the API server asks to wait, for a caller that
   * tries again by itself. True unless said.
   */
  waits?: boolean;
  /** Called when a streamed answer begins. */
  opened?: () => void;
  /**
   * Whether to return answers of any HTTP status. Otherwise a status of 400 or more is thrown as a
   * ToolError.
   */
  anyStatus?: boolean;
  /** For whom it is, where that is not said by the context. */
  identity?: Identity | undefined;
  /** What it asks, in the terms of RBAC, where that is known. Only measured by. */
  verb?: string | undefined;
  /** Further headers. They take the place of those that every request has. */
  headers?: Readonly<Record<string, string>>;
  /** Where traces are made. */
  span?: RequestSpan | undefined;
}

/** Whether a request only reads. */
export function isRead({ method = 'GET' }: RequestOptions): boolean {
  return method === 'GET';
}

/** Whether a request may change something. */
export function isChange({ method, query, body }: RequestOptions): boolean {
  const dryRun = query?.['dryRun'] ?? (body as { dryRun?: string[] } | undefined)?.dryRun;
  return !isRead({ method }) && dryRun === undefined;
}

/** The query as part of a URL, with its question mark. Empty if there is none. */
export function queryText(query: RequestOptions['query']): string {
  let text = '';
  for (const name in query) {
    const value = query[name];
    if (value === undefined) continue;
    text += `${text === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
  }
  return text;
}
