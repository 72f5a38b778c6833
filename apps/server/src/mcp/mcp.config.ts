import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, sharesConfig } from '#tools';

class McpEnvironment {
  @IntSetting({
    min: 1,
    max: 31_536_000,
    description:
      'Seconds after which a session of Streamable HTTP is too old to go on. Its client has to ' +
      'start a new one. By default 30 days.',
  })
  MCP_SESSION_MAX_AGE_SECONDS = 2_592_000;

  @IntSetting({
    min: 1,
    description:
      'Maximum number of open sessions of HTTP+SSE. Each caller has its share. Sessions of ' +
      'Streamable HTTP take no room.',
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
  sessionMaxAgeSeconds: environment.MCP_SESSION_MAX_AGE_SECONDS,
  maxSessions: environment.MCP_MAX_SESSIONS,
  callerPercent: sharesConfig().callerPercent,
  softLimitMs: environment.MCP_SOFT_LIMIT_SECONDS * 1000,
}));

export type McpConfig = ConfigType<typeof mcpConfig>;
