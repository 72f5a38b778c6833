import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { modernServer } from './modern.server.js';
import { ToolCalls } from './tool-calls.js';

/** MCP 2026-07-28: no sessions, each request stands for itself. */
@Injectable()
export class ModernGateway {
  private readonly handler: McpHttpHandler;
  /** Answers a request; hanging up cancels it. */
  readonly handle: (
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ) => Promise<void>;

  constructor(tools: ToolCalls) {
    this.handler = createMcpHandler(() => modernServer(tools), { legacy: 'reject' });
    this.handle = toNodeHandler(this.handler);
  }

  async closeAll(): Promise<void> {
    await this.handler.close();
  }
}
