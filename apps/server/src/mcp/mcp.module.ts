import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { ClusterModule } from '#cluster';
import { StoreModule } from '#store';
import { HttpModule } from '../http/http.module.js';
import { LackingTools } from './listing/lacking-tools.js';
import { ListedTools } from './listing/listed-tools.js';
import { ToolChanges } from './listing/tool-changes.js';
import { McpController } from './mcp.controller.js';
import { mcpConfig } from './mcp.config.js';
import { MissingScope } from './missing-scope.js';
import { Narrowings } from './narrowing/narrowings.js';
import { ModernGateway } from './modern/modern.gateway.js';
import { SessionNotices } from './session/session-notices.js';
import { SessionStore } from './session/session.store.js';
import { SseGateway } from './session/sse.gateway.js';
import { StreamableGateway } from './session/streamable.gateway.js';
import { ToolCalls } from './tool-calls.js';
import { ToolTasks } from './session/tool-tasks.js';

/**
 * MCP: Streamable HTTP of both eras on /mcp, and HTTP+SSE on /sse and /messages. `serveStdio` is
 * the way over stdio.
 */
@Module({
  imports: [ClusterModule, ConfigModule.forFeature(mcpConfig), HttpModule, StoreModule],
  controllers: [McpController],
  providers: [
    LackingTools,
    ListedTools,
    MissingScope,
    Narrowings,
    ToolCalls,
    ToolChanges,
    ToolTasks,
    SessionNotices,
    SessionStore,
    ModernGateway,
    StreamableGateway,
    SseGateway,
  ],
})
export class McpModule {}
