import { request } from 'node:http';
import { expect } from 'vitest';
import { EventReader } from './event-reader.js';
import { proxiedFetch } from './proxied-fetch.js';
import { categoryOf } from './rest.js';

type Args = Record<string, unknown>;
type Headers = Record<string, string>;

/** An execution as REST shows it. */
export interface ExecutionBody {
  id: string;
  tool: string;
  category: string;
  status: string;
  created_at: string;
  started_at?: string;
  finished_at?: string;
  result?: string;
  data?: unknown;
  error?: { code: string; detail: string; retryable: boolean };
}

export interface Answer<T = Args> {
  status: number;
  headers: globalThis.Headers;
  /** As it came. */
  text: string;
  /** Parsed, where it is JSON. */
  body: T;
}

/** Which executions to list: the query of `GET /executions`. */
export type Filter = Record<string, string>;

/** The routes of executions on one server. */
export class ExecutionsApi {
  constructor(private readonly server: { readonly url: string }) {}

  /** Calls a tool with some headers. */
  run(tool: string, args: Args = {}, headers: Headers = {}): Promise<Answer> {
    return this.send(...this.call(tool, args, headers));
  }

  /** Calls a tool and streams. */
  stream(tool: string, args: Args = {}, headers: Headers = {}): Promise<EventReader> {
    return EventReader.open(...this.call(tool, args, headers));
  }

  /** Starts a call to come back for. @returns the id of its execution */
  async start(tool: string, args: Args = {}, headers: Headers = {}): Promise<string> {
    const { status, body } = await this.run(tool, args, { prefer: 'respond-async', ...headers });
    expect([status, body['detail']]).toEqual([202, undefined]);
    return String(body['execution_id']);
  }

  /** The same from another address of this machine, such as 127.0.0.2: another caller. */
  startFrom(localAddress: string, tool: string, args: Args, headers: Headers = {}) {
    const [url, init] = this.call(tool, args, { prefer: 'respond-async', ...headers });
    return new Promise<string>((resolve, reject) => {
      const options = { method: 'POST', headers: init.headers as Headers, localAddress };
      request(url, options, (response) => {
        const [, id] = /\/executions\/(.*)$/.exec(response.resume().headers.location ?? '') ?? [];
        if (id) resolve(id);
        else reject(new Error(`${url} answered ${response.statusCode}.`));
      })
        .on('error', reject)
        .end(init.body);
    });
  }

  get(id: string): Promise<Answer<ExecutionBody>> {
    return this.send(this.path(id));
  }

  list(
    filter: Filter = {},
  ): Promise<Answer<{ executions: ExecutionBody[]; next?: string; detail?: string }>> {
    return this.send(this.path(`?${new URLSearchParams(filter).toString()}`));
  }

  output(id: string, query: Filter = {}): Promise<Answer> {
    return this.send(this.path(`${id}/output?${new URLSearchParams(query).toString()}`));
  }

  cancel(id: string): Promise<Answer<ExecutionBody & Args>> {
    return this.send(this.path(id), { method: 'DELETE' });
  }

  /** Follows an execution. @param after the id of the last event that was seen */
  follow(id: string, after?: number): Promise<EventReader> {
    const headers: Headers = after === undefined ? {} : { 'last-event-id': String(after) };
    return EventReader.open(this.path(`${id}/events`), { headers });
  }

  /** What is answered to a wrong wish to follow. */
  refusedToFollow(id: string, headers: Headers): Promise<Answer> {
    return this.send(this.path(`${id}/events`), { headers });
  }

  /** Waits until an execution has ended, and gives it. */
  async finished(id: string): Promise<ExecutionBody> {
    const result = await (await this.follow(id, 2 ** 30)).result();
    return result.data as unknown as ExecutionBody;
  }

  /** Waits until an execution runs. */
  async running(id: string): Promise<void> {
    await expect.poll(async () => (await this.get(id)).body.status).toBe('running');
  }

  private path(rest: string): string {
    return `${this.server.url}/engine/v1/executions${rest.startsWith('?') ? '' : '/'}${rest}`;
  }

  private call(tool: string, args: Args, headers: Headers): [string, RequestInit] {
    const url = `${this.server.url}/engine/v1/tools/${categoryOf(tool)}/${tool}/execute`;
    const all = { 'content-type': 'application/json', ...headers };
    return [url, { method: 'POST', headers: all, body: JSON.stringify(args) }];
  }

  private async send<T>(url: string, init?: RequestInit): Promise<Answer<T>> {
    const response = await proxiedFetch(url, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    const { status, headers } = response;
    return { status, headers, text, body: (isJson ? JSON.parse(text) : undefined) as T };
  }
}
