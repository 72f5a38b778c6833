import type { ClientOptions, Token } from '../options.js';
import type { Problem } from '../types.js';
import { errorOfProblem, retryAfterOf, SkyfloError } from './skyflo-error.js';

/** A request to the server. */
export interface Request {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/engine/v1`. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string | undefined>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** An answer, read to its end. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** What a proxy answers when it got nothing from the server. */
const FROM_A_PROXY = [502, 503, 504];

/** Sends requests to one server, each of them once. */
export class Connection {
  private readonly base: string;
  private readonly token: Token | undefined;
  private readonly headers: Record<string, string>;
  private readonly fetch: typeof fetch;

  constructor({ baseUrl, token, headers = {}, fetch = globalThis.fetch }: ClientOptions) {
    this.base = `${baseUrl.replace(/\/+$/, '')}/engine/v1`;
    this.token = token;
    this.headers = headers;
    // Called as a method, the one of browsers refuses its work.
    this.fetch = (...args) => fetch(...args);
  }

  /**
   * The answer, as JSON or as text.
   * @throws SkyfloError for a failure, `no_answer` if it is unknown what has become of the request
   * @throws the reason of the signal, if that comes first
   */
  async send<T>(request: Request): Promise<Answer<T>> {
    const response = await this.open(request);
    const { status, headers } = response;
    const text = await this.answered(response.text(), request);
    return { status, headers, body: (isJson(headers) ? JSON.parse(text) : text) as T };
  }

  /**
   * The answer, of which only the head is read.
   * @throws as `send`
   */
  async open(request: Request): Promise<Response> {
    const { method = 'GET', body, signal } = request;
    signal?.throwIfAborted();
    const init: RequestInit = { method, headers: await this.headersOf(request) };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (signal) init.signal = signal;
    const response = await this.answered(this.fetch(this.urlOf(request), init), request);
    if (response.ok) return response;
    throw await this.failureOf(response, request);
  }

  /** The error of a connection that broke. */
  broken(cause: unknown): SkyfloError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return noAnswer(`${this.base} has not answered (${why}).`, {}, cause);
  }

  private async answered<T>(answer: Promise<T>, { signal }: Request): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw this.broken(error);
    }
  }

  private async failureOf(response: Response, request: Request): Promise<SkyfloError> {
    const { status, headers } = response;
    const text = await this.answered(response.text(), request);
    const problem = isJson(headers) ? (JSON.parse(text) as Partial<Problem>) : {};
    if (problem.code) return errorOfProblem(problem as Problem, headers);
    const facts = { status, retryAfterSeconds: retryAfterOf(headers) };
    const detail = `${this.base} answered ${status}, but it is not the server that did.`;
    if (FROM_A_PROXY.includes(status)) return noAnswer(detail, facts);
    return new SkyfloError({ code: 'upstream', detail, retryable: false, ...facts });
  }

  private async headersOf({ headers, body }: Request): Promise<Headers> {
    const all = new Headers(this.headers);
    const token = typeof this.token === 'function' ? await this.token() : this.token;
    if (token !== undefined) all.set('authorization', `Bearer ${token}`);
    if (body !== undefined) all.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers ?? {})) {
      if (value !== undefined) all.set(name, value);
    }
    return all;
  }

  private urlOf({ path, query = {} }: Request): string {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) given.set(name, String(value));
    }
    return `${this.base}${path}${given.size === 0 ? '' : `?${given.toString()}`}`;
  }
}

function noAnswer(detail: string, facts: object, cause?: unknown): SkyfloError {
  const failure = { code: 'no_answer', detail, retryable: true, ...facts } as const;
  return new SkyfloError(failure, { cause });
}

function isJson(headers: Headers): boolean {
  return /\bjson\b/.test(headers.get('content-type') ?? '');
}
