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
  /** Goes on a connection of its own where the others are all in use, rather than wait for one. */
  isUrgent?: boolean;
  /** Bytes of an answer that are taken; a larger one fails with AnswerTooLarge. */
  maxBytes?: number;
  /**
   * For writes: false fails at once as `busy` where the API server asks to wait, for a caller that
   * tries again by itself. True unless said.
   */
  waits?: boolean;
  /** Is told when an answer begins that is read as it comes. */
  opened?: () => void;
  /** Gives an answer of any HTTP status; without it, one from 400 on is thrown as a ToolError. */
  anyStatus?: boolean;
}

/** Whether it only looks. */
export function isRead({ method = 'GET' }: RequestOptions): boolean {
  return method === 'GET';
}

/** Whether something may be different once the request was sent. */
export function isChange({ method, query, body }: RequestOptions): boolean {
  const dryRun = query?.['dryRun'] ?? (body as { dryRun?: string[] } | undefined)?.dryRun;
  return !isRead({ method }) && dryRun === undefined;
}

/** The query as it stands in an address, with its question mark; nothing for none. */
export function queryText(query: RequestOptions['query']): string {
  let text = '';
  for (const name in query) {
    const value = query[name];
    if (value === undefined) continue;
    text += `${text === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
  }
  return text;
}
