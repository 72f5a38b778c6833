import {
  BadRequestException,
  Controller,
  Delete,
  Get,
  Param,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ExecutionAnswers,
  ExecutionCanceller,
  ExecutionReader,
  isFinished,
  pieceOf,
  type Execution,
} from '#executions';
import { ownerOf, ToolError } from '#tools';
import { principalOf } from '../http/authentication.js';
import { HttpAnswers } from '../http/http-answers.js';
import type { RouteNotes } from '../http/methods.js';
import { ListExecutionsDto, OutputQueryDto, ShowExecutionDto } from './dto/executions.dto.js';
import { pathOf, presentExecution, type ExecutionView } from './execution.presenter.js';
import { streamExecution } from './execution-stream.js';
import { InputPipe } from './input.pipe.js';
import { utc } from './utc.js';

/** Milliseconds that a cancel waits for the execution to end. */
const CANCEL_WAIT_MS = 3_000;

/** Executions over REST: lists them, shows them, follows them and cancels them. */
@ApiTags('executions')
@Controller('engine/v1/executions')
export class ExecutionsController {
  constructor(
    private readonly reader: ExecutionReader,
    private readonly canceller: ExecutionCanceller,
    private readonly answers: ExecutionAnswers,
    private readonly http: HttpAnswers,
  ) {}

  @ApiOperation({
    operationId: 'list_executions',
    summary: 'List the executions, newest first',
    description: 'The caller sees its own. `next` of a page is `after` of the next one.',
  })
  @Get()
  async list(
    @Query(new InputPipe(ListExecutionsDto)) query: ListExecutionsDto,
    @Req() request: FastifyRequest,
  ): Promise<{ executions: ExecutionView[]; next?: string }> {
    const { limit, after, status, tool, since, until } = query;
    const caller = ownerIn(request);
    const filter = { status, tool, caller, since: utc('since', since), until: utc('until', until) };
    const page = await this.reader.list(filter, { limit, after });
    const shown = page.executions.map((execution) => this.answers.shown(execution));
    return { executions: shown.map(presentExecution), next: page.next };
  }

  @ApiOperation({
    operationId: 'get_execution',
    summary: 'Show one execution',
    description: 'Its status, and its output or error once it has ended. Answers at once.',
  })
  @Get(':id')
  async get(
    @Param('id') id: string,
    @Query(new InputPipe(ShowExecutionDto)) { max_output_chars: asked }: ShowExecutionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecutionView> {
    await this.reader.mustBeOf(ownerIn(request), id);
    const execution = await this.reader.find(id);
    noteState(execution, reply);
    return presentExecution(this.answers.shown(execution, asked));
  }

  @ApiOperation({
    operationId: 'get_execution_output',
    summary: 'Read the whole output of an execution in pieces',
    description: '`X-Next-Offset` is the `offset` of the next piece. The last piece has none.',
  })
  @Get(':id/output')
  async output(
    @Param('id') id: string,
    @Query(new InputPipe(OutputQueryDto)) { offset, limit }: OutputQueryDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.reader.mustBeOf(ownerIn(request), id);
    const { output } = await this.reader.find(id);
    if (output === undefined) {
      throw new ToolError(
        'not_found',
        `The execution ${id} has no stored output. It has none yet, or its caller got all of it.`,
      );
    }
    const piece = pieceOf(output, offset, limit);
    void reply.header('content-type', 'text/plain; charset=utf-8');
    void reply.header('x-total-chars', output.length);
    if (piece.next !== undefined) void reply.header('x-next-offset', piece.next);
    return piece.text;
  }

  @ApiOperation({
    operationId: 'follow_execution',
    summary: 'Follow the events of a running or ended execution (server-sent events)',
    description:
      'The last event is `result`, or `closing` where the server ends the stream before it. The ' +
      'same request with `Last-Event-ID` goes on from there.',
  })
  @Get(':id/events')
  @RouteConfig({ streams: true } satisfies RouteNotes)
  async events(
    @Param('id') id: string,
    @Query(new InputPipe(ShowExecutionDto)) { max_output_chars: asked }: ShowExecutionDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = request.headers['last-event-id'] ?? '0';
    if (typeof after !== 'string' || !/^\d{1,15}$/.test(after)) {
      throw new BadRequestException(
        'The Last-Event-ID header must be the id of an event of this execution.',
      );
    }
    await this.reader.mustBeOf(ownerIn(request), id);
    const { reader, answers, http } = this;
    await streamExecution({ reader, answers, http }, { id, after: Number(after), asked }, reply);
  }

  @ApiOperation({
    operationId: 'cancel_execution',
    summary: 'Cancel an execution',
    description:
      'Waits a moment for its end. One that has ended is a conflict. What it has changed stays.',
  })
  @Delete(':id')
  async cancel(
    @Param('id') id: string,
    @Query(new InputPipe(ShowExecutionDto)) { max_output_chars: asked }: ShowExecutionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecutionView> {
    await this.reader.mustBeOf(ownerIn(request), id);
    await this.canceller.cancel(id);
    const end = await this.reader.ended(id, AbortSignal.timeout(CANCEL_WAIT_MS));
    const execution = end ?? (await this.reader.find(id));
    noteState(execution, reply);
    return presentExecution(this.answers.shown(execution, asked));
  }
}

/** To whom the executions belong that a request may see. Undefined: all of them. */
function ownerIn({ raw }: FastifyRequest): string | undefined {
  return ownerOf(principalOf(raw));
}

/** Of an execution that has not ended, the answer is 202 and says where to look again. */
function noteState(execution: Execution, reply: FastifyReply): void {
  if (isFinished(execution)) return;
  void reply.status(202).header('location', pathOf(execution.id));
}
