import { randomUUIDv7 } from 'node:crypto';
import { BadRequestException, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { orAfter } from '#base';
import {
  ExecutionAnswers,
  ExecutionReader,
  ExecutionRunner,
  type Started,
  type StartOptions,
} from '#executions';
import { ToolError, type Principal, type ToolDefinition } from '#tools';
import { HttpAnswers } from '../http/http-answers.js';
import { principalOf } from '../http/authentication.js';
import { callerOf } from '../http/caller.js';
import { callRequestOf } from './call-request.js';
import { EVENT_STREAM } from '../http/event-stream.js';
import { Unread } from '../http/unread.js';
import { newExecutionId, setStarted } from './execution-id.js';
import { pathOf } from './execution.presenter.js';
import { streamExecution } from './execution-stream.js';
import type { ExecuteQueryDto } from './dto/list-tools.dto.js';
import { preferenceOf } from './prefer.js';
import { ToolCatalog } from './tool-catalog.js';

/** The answer of a tool that succeeded. */
interface ExecuteView {
  status: 'success';
  result: string;
  data?: unknown;
  execution_id: string;
}

/** The answer to a caller that fetches the result later. */
interface AcceptedView {
  status: 'accepted';
  execution_id: string;
}

/** Undefined if the answer is a stream. */
type ExecuteAnswer = ExecuteView | AcceptedView | string | undefined;

/** A tool as a path names it. */
interface NamedTool {
  category: string;
  name: string;
}

/** Who calls, and by which door. */
type Caller = Pick<StartOptions, 'caller' | 'door' | 'request'> & { principal: Principal };

interface Exchange {
  query: ExecuteQueryDto;
  request: FastifyRequest;
  reply: FastifyReply;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Runs a tool for an HTTP request. Its headers ask to wait, to stream, or to fetch it later. */
@Injectable()
export class ToolRuns {
  constructor(
    private readonly catalog: ToolCatalog,
    private readonly runner: ExecutionRunner,
    private readonly reader: ExecutionReader,
    private readonly answers: ExecutionAnswers,
    private readonly unread: Unread,
    private readonly http: HttpAnswers,
  ) {}

  /**
   * Runs a tool.
   * @throws ToolError as `ToolCatalog.get`, as `ExecutionRunner.start` and as the tool, and `busy`
   * if the caller does not read its answers
   * @throws BadRequestException for a malformed header
   */
  async run(named: NamedTool, args: unknown, exchange: Exchange): Promise<ExecuteAnswer> {
    const { query, request, reply } = exchange;
    const { respondAsync, waitSeconds } = preferenceOf(request.headers.prefer);
    const idempotencyKey = idempotencyKeyOf(request);
    const isStream = request.headers.accept?.includes(EVENT_STREAM) ?? false;
    const principal = principalOf(request.raw);
    const caller = callerOf(request.raw);
    const isNow = respondAsync && waitSeconds === 0;
    const called = callRequestOf(request, isStream ? 200 : isNow ? 202 : undefined);
    const who = { caller, principal, door: 'rest', request: called };
    const tool = this.find(named, args, who);
    const isRead = tool.annotations.readOnlyHint;
    const started = await this.runner.start(tool.name, args, {
      ...who,
      executionId: newExecutionId(request, isRead),
      idempotencyKey,
      timeLimitSeconds: query.time_limit_seconds,
      maxOutputChars: query.max_output_chars,
      keep: isStream || respondAsync,
    });
    setStarted(request, { id: started.id, isRead });
    if (isStream) {
      const { reader, answers, http } = this;
      const streamed = { id: started.id, after: 0, asked: query.max_output_chars };
      await streamExecution({ reader, answers, http }, streamed, reply);
      return undefined;
    }
    if (respondAsync) {
      void reply.header('preference-applied', 'respond-async');
      if (!(await this.endsWithin(started, waitSeconds))) {
        void reply.status(202).header('location', pathOf(started.id));
        return { status: 'accepted', execution_id: started.id };
      }
    }
    const cancel = () => {
      // A caller with a key can come back for the result.
      if (idempotencyKey === undefined) started.live?.cancel(hungUp());
    };
    return this.wait(started, exchange, cancel);
  }

  /** @throws ToolError as `run`, of a call that is then recorded as refused */
  private find({ category, name }: NamedTool, args: unknown, who: Caller): ToolDefinition {
    try {
      const tool = this.catalog.get(category, name, who.principal);
      const refusal = this.unread.refusalOf(who.caller);
      if (refusal) throw refusal;
      return tool;
    } catch (error) {
      this.runner.refuse(name, args, { ...who, executionId: randomUUIDv7() }, error as ToolError);
      throw error;
    }
  }

  private async endsWithin({ id, live }: Started, seconds: number): Promise<boolean> {
    if (seconds === 0) return false;
    const ms = seconds * 1_000;
    const end = live ? orAfter(ms, live.ended) : this.reader.ended(id, AbortSignal.timeout(ms));
    return (await end) !== undefined;
  }

  /** Waits for the result. @param onHangUp is called if the caller hangs up before it has come */
  private async wait(
    started: Started,
    { query, request, reply }: Exchange,
    onHangUp: () => void,
  ): Promise<ExecuteView | string> {
    const end = new AbortController();
    const hangUp = () => {
      if (reply.raw.writableFinished) return;
      onHangUp();
      end.abort(hungUp());
    };
    reply.raw.once('close', hangUp);
    if (reply.raw.destroyed) hangUp();
    const result = this.answers.result(started, end.signal, query.max_output_chars);
    const { output, data } = await result.finally(() => {
      // The listener would hold the result in memory until the client has read the answer.
      reply.raw.off('close', hangUp);
    });
    if (request.headers.accept?.startsWith('text/plain')) return output;
    return {
      status: 'success',
      result: output,
      ...(query.data && data !== undefined && { data }),
      execution_id: started.id,
    };
  }
}

function hungUp(): ToolError {
  return new ToolError('cancelled', 'The caller hung up.');
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw new BadRequestException(
    'The Idempotency-Key header must have 1 to 255 printable ASCII characters.',
  );
}
