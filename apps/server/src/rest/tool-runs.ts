import { BadRequestException, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Executions, type Started } from '#executions';
import { ToolError } from '#tools';
import { newExecutionId, setExecutionId } from './execution-id.js';
import { streamExecution } from './execution-stream.js';
import { preferenceOf, type Preference } from './prefer.js';

/** What a tool that succeeded answers. */
interface ExecuteView {
  status: 'success';
  result: string;
  data?: unknown;
  execution_id: string;
}

/** What is answered to those who will come back. */
interface AcceptedView {
  status: 'accepted';
  execution_id: string;
}

/** Nothing, where the answer is a stream. */
type ExecuteAnswer = ExecuteView | AcceptedView | string | undefined;

interface Exchange {
  /** With structured data, where the tool has them. */
  withData: boolean;
  request: FastifyRequest;
  reply: FastifyReply;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Runs a tool for an HTTP request in the way that its headers ask for: waited for, streamed, or left alone. */
@Injectable()
export class ToolRuns {
  constructor(private readonly executions: Executions) {}

  /**
   * Runs it.
   * @throws ToolError as `Executions.start` and as the tool; BadRequestException for a header that cannot be read
   */
  async run(name: string, args: unknown, exchange: Exchange): Promise<ExecuteAnswer> {
    const { request, reply } = exchange;
    const preference = preferenceOf(request.headers.prefer);
    const isStream = request.headers.accept?.includes('text/event-stream') ?? false;
    const started = await this.executions.start(name, args, {
      executionId: newExecutionId(request),
      caller: request.ip,
      idempotencyKey: idempotencyKeyOf(request),
      keep: isStream || preference.respondAsync,
    });
    setExecutionId(request, started.id);
    if (isStream) {
      await streamExecution(this.executions, { id: started.id, after: 0 }, reply);
      return undefined;
    }
    if (preference.respondAsync) return this.respondAsync(started, preference, exchange);
    return this.wait(started, exchange);
  }

  /** The caller waits. Hanging up cancels, but not for those who can come back by their idempotency key. */
  private async wait(
    started: Started,
    { withData, request, reply }: Exchange,
  ): Promise<ExecuteAnswer> {
    const hangUp = new ToolError('cancelled', 'The caller hung up.');
    const end = new AbortController();
    const cancel = () => {
      if (reply.raw.writableFinished) return;
      if (idempotencyKeyOf(request) === undefined) started.live?.cancel(hangUp);
      end.abort(hangUp);
    };
    reply.raw.once('close', cancel);
    if (reply.raw.destroyed) cancel();
    const { output, data } = await this.executions.result(started, end.signal);
    if (request.headers.accept?.startsWith('text/plain')) return output;
    return {
      status: 'success',
      result: output,
      ...(withData && data !== undefined && { data }),
      execution_id: started.id,
    };
  }

  private async respondAsync(
    started: Started,
    { waitSeconds }: Preference,
    exchange: Exchange,
  ): Promise<ExecuteAnswer> {
    const { reply } = exchange;
    void reply.header('preference-applied', 'respond-async');
    const limit = AbortSignal.timeout(waitSeconds * 1_000);
    if (waitSeconds > 0 && (await this.executions.ended(started.id, limit))) {
      return this.wait(started, exchange);
    }
    void reply.status(202).header('location', `/engine/v1/executions/${started.id}`);
    return { status: 'accepted', execution_id: started.id };
  }
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw new BadRequestException(
    'The Idempotency-Key header must have 1 to 255 printable ASCII characters.',
  );
}
