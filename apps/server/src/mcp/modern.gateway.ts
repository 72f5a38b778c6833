import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { modernServer } from './modern.server.js';
import { ToolCalls } from './tool-calls.js';
import { toWebRequest, writeAnswer } from './web-exchange.js';

/** MCP 2026-07-28: no sessions, each request stands for itself. */
@Injectable()
export class ModernGateway {
  private readonly handler: McpHttpHandler;

  constructor(tools: ToolCalls) {
    this.handler = createMcpHandler(() => modernServer(tools), { legacy: 'reject' });
  }

  /** Answers a request; hanging up cancels it. */
  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const hungUp = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) hungUp.abort();
    });
    if (response.destroyed) return;
    const answer = this.handler.fetch(toWebRequest(request, hungUp.signal), { parsedBody: body });
    await writeAnswer(answer, response);
  }

  async closeAll(): Promise<void> {
    await this.handler.close();
  }
}
