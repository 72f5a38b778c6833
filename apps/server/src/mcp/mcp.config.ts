import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, sharesConfig } from '#tools';

class McpEnvironment {
  @IntSetting({
    min: 1,
    max: 86_400,
    description: 'Seconds after which an MCP session that is not used ends.',
  })
  MCP_SESSION_IDLE_SECONDS = 600;

  @IntSetting({
    min: 1,
    description:
      'Most sessions that are open at the same time, for Streamable HTTP and for HTTP+SSE each. ' +
      'A caller has its share.',
  })
  MCP_MAX_SESSIONS = 1_000;

  @IntSetting({
    min: 0,
    description:
      'Seconds after which an MCP call is answered with what there is so far, while it goes on. ' +
      '0: never.',
  })
  MCP_SOFT_LIMIT_SECONDS = 45;
}

/** Sessions and long calls over MCP. */
export const mcpConfig = registerConfig('mcp', McpEnvironment, (environment) => ({
  sessionIdleMs: environment.MCP_SESSION_IDLE_SECONDS * 1000,
  maxSessions: environment.MCP_MAX_SESSIONS,
  callerPercent: sharesConfig().callerPercent,
  softLimitMs: environment.MCP_SOFT_LIMIT_SECONDS * 1000,
}));

export type McpConfig = ConfigType<typeof mcpConfig>;
