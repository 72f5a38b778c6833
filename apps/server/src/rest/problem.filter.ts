import {
  Catch,
  HttpException,
  HttpStatus,
  Inject,
  Logger,
  type ArgumentsHost,
} from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticationConfig, type AuthenticationConfig } from '#access';
import { challengeTo } from '../http/authentication.js';
import { requestIdOf } from '../http/request-id.js';
import { ExecutionAnswers } from '#executions';
import { ToolError, type FieldError, type ToolErrorCode } from '#tools';
import { startedBy } from './execution-id.js';

/** The HTTP status of each code. */
export const STATUS_OF: Record<ToolErrorCode, number> = {
  invalid_input: 422,
  unauthenticated: 401,
  forbidden: 403,
  approval_required: 403,
  not_found: 404,
  conflict: 409,
  precondition: 412,
  busy: 429,
  cancelled: 499,
  failed: 422,
  upstream: 502,
  unavailable: 503,
  timeout: 504,
  internal: 500,
};

/** Characters of a message of the HTTP layer, which repeats paths and headers. */
const MAX_DETAIL_CHARS = 300;

/** A problem document (RFC 9457). */
interface Problem {
  title: string;
  status: number;
  code: ToolErrorCode;
  detail: string;
  retryable: boolean;
  errors?: FieldError[];
  output?: string;
  execution_id?: string;
  request_id: string;
}

/** Turns every failure over REST into a problem document. No other code shapes an error. */
@Catch()
export class ProblemFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(
    @Inject(authenticationConfig.KEY) private readonly config: AuthenticationConfig,
    private readonly answers: ExecutionAnswers,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    if (isHangUp(error, request)) return;
    const problem = this.problemOf(error, {
      execution_id: startedBy(request)?.id,
      request_id: requestIdOf(request.raw),
    });
    if (reply.sent) return;
    if (problem.status === 413) readOn(request, reply);
    if (error instanceof ToolError && error.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', error.retryAfterSeconds);
    }
    if (error instanceof ToolError && error.neededScope !== undefined) {
      void reply.header('www-authenticate', challengeTo(request, error, this.config));
    }
    void reply
      .status(problem.status)
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(problem));
  }

  private problemOf(
    error: unknown,
    ids: { execution_id: string | undefined; request_id: string },
  ): Problem {
    if (error instanceof ToolError) {
      const { code, message: detail, retryable, errors, output } = this.answers.cutRefusal(error);
      const status = STATUS_OF[code];
      return {
        title: titleOf(status),
        status,
        code,
        detail,
        retryable,
        errors,
        output: output || undefined,
        ...ids,
      };
    }
    const status =
      error instanceof HttpException ? error.getStatus() : HttpStatus.INTERNAL_SERVER_ERROR;
    const code = codeOf(status);
    if (code === 'internal') {
      this.logger.error({ msg: 'bug', requestId: ids.request_id, err: error });
    }
    const detail =
      code === 'internal'
        ? "Internal error. The server's log has the details."
        : (error as Error).message.slice(0, MAX_DETAIL_CHARS).toWellFormed();
    return { title: titleOf(status), status, code, detail, retryable: false, ...ids };
  }
}

/** Whether the client broke its connection while it was sending. Nobody reads the answer then. */
function isHangUp(error: unknown, { raw }: FastifyRequest): boolean {
  return error instanceof Error && error === raw.errored;
}

/** The code for a refusal of the HTTP layer itself, such as an unreadable body. */
function codeOf(status: number): ToolErrorCode {
  if (status === 404) return 'not_found';
  return status < 500 ? 'invalid_input' : 'internal';
}

function titleOf(status: number): string {
  return status === STATUS_OF.cancelled
    ? 'Client Closed Request'
    : (STATUS_CODES[status] ?? 'Error');
}

/** Reads and drops the rest of a body. A client that is still sending would lose the answer. */
function readOn(request: FastifyRequest, reply: FastifyReply): void {
  void reply.removeHeader('connection');
  request.raw.resume();
}
