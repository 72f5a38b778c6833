import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, sharesConfig } from '#tools';

class McpEnvironment {
  @IntSetting({
    min: 1,
    max: 86_400,
    description: 'Seconds after which an unused MCP session ends.',
  })
  MCP_SESSION_IDLE_SECONDS = 600;

  @IntSetting({
    min: 1,
    description:
      'Maximum number of open sessions, for Streamable HTTP and for HTTP+SSE each. Each caller ' +
      'has its share.',
  })
  MCP_MAX_SESSIONS = 1_000;

  @IntSetting({
    min: 0,
    description:
      'Seconds after which an MCP call that still runs is answered with its output so far. The ' +
      'call continues. 0: never.',
  })
  MCP_SOFT_LIMIT_SECONDS = 45;
}

/** Limits of sessions and long calls over MCP. */
export const mcpConfig = registerConfig('mcp', McpEnvironment, (environment) => ({
  sessionIdleMs: environment.MCP_SESSION_IDLE_SECONDS * 1000,
  maxSessions: environment.MCP_MAX_SESSIONS,
  callerPercent: sharesConfig().callerPercent,
  softLimitMs: environment.MCP_SOFT_LIMIT_SECONDS * 1000,
}));

export type McpConfig = ConfigType<typeof mcpConfig>;
