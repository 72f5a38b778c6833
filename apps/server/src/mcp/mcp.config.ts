import { registerAs, type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { readConfig, sharesConfig } from '#tools';

class McpEnvironment {
  @IsInt()
  @Min(1)
  @Max(86_400)
  MCP_SESSION_IDLE_SECONDS = 600;

  @IsInt()
  @Min(1)
  MCP_MAX_SESSIONS = 1_000;

  @IsInt()
  @Min(0)
  MCP_SOFT_LIMIT_SECONDS = 45;
}

/**
 * `MCP_SESSION_IDLE_SECONDS` after which an unused session ends; `MCP_MAX_SESSIONS` that may be
 * open at once, for Streamable HTTP and for HTTP+SSE each, of which a caller has its share;
 * `MCP_SOFT_LIMIT_SECONDS` after which a call is answered while it goes on (0: never).
 */
export const mcpConfig = registerAs('mcp', () => {
  const environment = readConfig(McpEnvironment);
  return {
    sessionIdleMs: environment.MCP_SESSION_IDLE_SECONDS * 1000,
    maxSessions: environment.MCP_MAX_SESSIONS,
    callerPercent: sharesConfig().callerPercent,
    softLimitMs: environment.MCP_SOFT_LIMIT_SECONDS * 1000,
  };
});

export type McpConfig = ConfigType<typeof mcpConfig>;
