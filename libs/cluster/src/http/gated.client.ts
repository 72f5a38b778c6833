import { parseJson } from '#base';
import { readApiRequest } from '../gate/api-request.js';
import type { Admission, Gate } from '../gate/gate.js';
import type { ProgramAnswer, ProgramRequest } from '../gate/upstream.js';
import type { ChannelStream } from './channel-stream.js';
import type { Answer } from './exchange.js';
import { answered, failed } from './gate-outcome.js';
import type { HttpClient } from './http.client.js';
import { isChange, queryText, type RequestOptions } from './request-options.js';
import { RequestSpan, type RequestTarget } from './request-span.js';

/** A request that the gate has let in. */
interface Passage {
  /** What it is sent with. */
  admitted: Pick<RequestOptions, 'identity' | 'verb' | 'span'>;
  leave: Admission['leave'];
}

/** The way of all requests to one API server: through the gate, then over HTTP. */
export class GatedClient {
  constructor(
    private readonly http: HttpClient,
    private readonly gate: Gate,
    private readonly target: RequestTarget,
  ) {}

  /** As `HttpClient.send`. Throws also what the gate refuses with. */
  send(path: string, options: RequestOptions): Promise<Answer> {
    if (this.gate.isOpen) return this.http.send(path, options);
    return this.pass(path, options, (admitted) => this.http.send(path, admitted));
  }

  /** As `HttpClient.exchange`. Throws also what the gate refuses with. */
  exchange(path: string, options: RequestOptions): Promise<Answer> {
    if (this.gate.isOpen) return this.http.exchange(path, options);
    return this.pass(path, options, (admitted) => this.http.exchange(path, admitted));
  }

  /** As `HttpClient.stream`. Throws also what the gate refuses with. */
  async *stream(path: string, options: RequestOptions): AsyncGenerator<Uint8Array, void> {
    if (this.gate.isOpen) return yield* this.http.stream(path, options);
    const { admitted, leave } = await this.admit(path, options);
    try {
      yield* this.http.stream(path, { ...options, ...admitted });
    } catch (error) {
      admitted.span?.end(error);
      await leave(failed(error));
      throw error;
    } finally {
      admitted.span?.end();
      await leave({ state: 'done' });
    }
  }

  /** As `HttpClient.channels`. Throws also what the gate refuses with. */
  async channels(
    path: string,
    protocols: string[],
    signal: AbortSignal | undefined,
  ): Promise<ChannelStream> {
    if (this.gate.isOpen) return this.http.channels(path, protocols, { signal });
    const { admitted, leave } = await this.admit(path, {});
    try {
      const channels = await this.http.channels(path, protocols, { signal, ...admitted });
      admitted.span?.end();
      await leave({ state: 'done' });
      return channels;
    } catch (error) {
      admitted.span?.end(error);
      await leave(failed(error));
      throw error;
    }
  }

  /**
   * Passes on a request of a program, which is always read: its path is not one of ours.
   * @throws ToolError what the gate refuses with, and as `HttpClient.forward`
   */
  forward({ method, target, headers, body, signal }: ProgramRequest): Promise<ProgramAnswer> {
    const { 'content-type': contentType, accept, ...others } = headers;
    const options = { method, headers: others, body, contentType, accept, signal };
    return this.pass(target, options, (admitted) => this.http.forward(target, admitted));
  }

  private async pass<T extends ProgramAnswer>(
    path: string,
    options: RequestOptions,
    send: (admitted: RequestOptions) => Promise<T>,
  ): Promise<T> {
    const { admitted, leave } = await this.admit(path, options);
    try {
      const answer = await send({ ...options, ...admitted });
      admitted.span?.endWith(answer);
      await leave(answered(answer.status, isChange(options)));
      return answer;
    } catch (error) {
      admitted.span?.end(error);
      await leave(failed(error));
      throw error;
    }
  }

  private async admit(path: string, options: RequestOptions): Promise<Passage> {
    const { method = 'GET', query, body, contentType, signal } = options;
    const target = `${path}${queryText(query)}`;
    const rehearse = async () => {
      const dryRun = `${target}${target.includes('?') ? '&' : '?'}dryRun=All`;
      const asked = readApiRequest({ method, target: dryRun, contentType });
      const span = RequestSpan.begin(this.target, dryRun, asked, options);
      const sent = { method, body, contentType, signal, span };
      try {
        return parseJson((await this.http.exchange(dryRun, sent)).body.toString('utf8'));
      } finally {
        span?.end();
      }
    };
    const sent = { method, target, body, contentType };
    const admission = await this.gate.enter(this.target.context, sent, rehearse);
    const { identity, request, leave } = admission;
    const span = RequestSpan.begin(this.target, path, request, options);
    return { admitted: { identity, verb: request.verb, span }, leave };
  }
}
