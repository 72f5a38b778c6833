import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  classifyInboundRequest,
  type InboundClassificationOutcome,
} from '@modelcontextprotocol/server';
import {
  Controller,
  Delete,
  Get,
  Inject,
  Logger,
  Post,
  Req,
  Res,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RouteConfig } from '@nestjs/platform-fastify';
import { authenticationConfig, type AuthenticationConfig } from '#access';
import { ExecutionsLifecycle } from '#executions';
import { ToolError } from '#tools';
import { challengeTo } from '../http/authentication.js';
import type { RouteNotes } from '../http/methods.js';
import { requestIdOf } from '../http/request-id.js';
import { MissingScope } from './missing-scope.js';
import { fault, JSON_RPC, refuse } from './wire/json-rpc.js';
import { ModernGateway } from './modern/modern.gateway.js';
import { SseGateway } from './session/sse.gateway.js';
import { StreamableGateway } from './session/streamable.gateway.js';

const STREAMS: RouteNotes = { streams: true };

/** MCP over HTTP. The gateways write the answers, so Fastify only reads the bodies. */
@ApiExcludeController()
@Controller()
export class McpController implements BeforeApplicationShutdown {
  private readonly logger = new Logger(McpController.name);
  private stopping = false;

  constructor(
    private readonly modern: ModernGateway,
    private readonly streamable: StreamableGateway,
    private readonly sse: SseGateway,
    private readonly executions: ExecutionsLifecycle,
    private readonly scopes: MissingScope,
    @Inject(authenticationConfig.KEY) private readonly authentication: AuthenticationConfig,
  ) {}

  @Get('mcp')
  @RouteConfig(STREAMS)
  async listen(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.exchange(request, reply);
  }

  @Post('mcp')
  async post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.exchange(request, reply);
  }

  @Delete('mcp')
  async endSession(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.exchange(request, reply);
  }

  @Get('sse')
  @RouteConfig(STREAMS)
  async openSse(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, () => this.sse.open(request.raw, reply.raw));
  }

  @Post('messages')
  async postMessage(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { sessionId } = request.query as { sessionId?: unknown };
    await this.answer(reply, () => this.sse.post(request.raw, reply.raw, sessionId, request.body));
  }

  /** Closes the streams. Open ones would keep the HTTP server from closing. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.executions.stop();
    // The last answers go out in this turn of the event loop.
    await nextTurn();
    await Promise.all([this.modern.closeAll(), this.streamable.closeAll(), this.sse.closeAll()]);
  }

  private async exchange(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw, body } = request;
    const refusal = this.scopes.refusalOf(raw, body);
    if (refusal) return this.challenge(request, reply, refusal);
    const route = routeOf(request);
    await this.answer(reply, () =>
      route && route.kind !== 'legacy'
        ? this.modern.handle(raw, reply.raw, body, route)
        : this.streamable.handle(raw, reply.raw, body),
    );
  }

  /** Tells an OAuth client which scope its token lacks (RFC 6750, 3.1). */
  private challenge(request: FastifyRequest, reply: FastifyReply, refusal: ToolError): void {
    void reply
      .status(403)
      .header('www-authenticate', challengeTo(request, refusal, this.authentication))
      .header('content-type', 'application/json')
      .send(JSON.stringify(fault(JSON_RPC.refused, refusal.message)));
  }

  private async answer(reply: FastifyReply, handle: () => Promise<void>): Promise<void> {
    reply.hijack();
    if (this.stopping) return refuse(reply.raw, 503, JSON_RPC.refused, 'The server is stopping.');
    try {
      await handle();
    } catch (error) {
      // What the request asks of its connection is wrong. Failures of calls are results.
      if (error instanceof ToolError && error.code === 'invalid_input') {
        return refuse(reply.raw, 400, JSON_RPC.refused, error.message);
      }
      this.logger.error({ msg: 'bug', requestId: requestIdOf(reply.request.raw), err: error });
      if (reply.raw.headersSent) reply.raw.destroy();
      else
        refuse(
          reply.raw,
          500,
          JSON_RPC.internal,
          "Internal error. The server's log has the details.",
        );
    }
  }
}

/**
 * The protocol era of a request. The SDK finds it in the method, the headers and `_meta`. Undefined
 * for a body that is not JSON.
 */
function routeOf({
  method,
  headers,
  body,
}: FastifyRequest): InboundClassificationOutcome | undefined {
  if (typeof body !== 'object') return undefined;
  return classifyInboundRequest({
    httpMethod: method,
    protocolVersionHeader: header(headers['mcp-protocol-version']),
    mcpMethodHeader: header(headers['mcp-method']),
    mcpNameHeader: header(headers['mcp-name']),
    body,
  });
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
