import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { HttpModule } from '../http/http.module.js';
import { McpController } from './mcp.controller.js';
import { mcpConfig } from './mcp.config.js';
import { MissingScope } from './missing-scope.js';
import { Narrowings } from './narrowing/narrowings.js';
import { ModernGateway } from './modern/modern.gateway.js';
import { SseGateway } from './session/sse.gateway.js';
import { StreamableGateway } from './session/streamable.gateway.js';
import { ToolCalls } from './tool-calls.js';
import { ToolTasks } from './session/tool-tasks.js';

/**
 * MCP: Streamable HTTP of both eras on /mcp, and HTTP+SSE on /sse and /messages. `serveStdio` is
 * the way over stdio.
 */
@Module({
  imports: [ConfigModule.forFeature(mcpConfig), HttpModule],
  controllers: [McpController],
  providers: [
    MissingScope,
    Narrowings,
    ToolCalls,
    ToolTasks,
    ModernGateway,
    StreamableGateway,
    SseGateway,
  ],
})
export class McpModule {}
