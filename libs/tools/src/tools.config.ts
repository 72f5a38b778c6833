import type { ConfigType } from '@nestjs/config';
import { registerConfig } from './config/register-config.js';
import { IntSetting } from './config/setting.decorator.js';

/** What a caller may ask for in place of `MAX_OUTPUT_CHARS`. */
export const ASKED_OUTPUT_CHARS = { min: 1_000, max: 1_000_000 };

class ToolsEnvironment {
  @IntSetting({
    min: ASKED_OUTPUT_CHARS.min,
    description:
      'Characters that an answer has at most. A caller may ask for 1,000 to 1,000,000 instead: ' +
      'over REST by `?max_output_chars=`, over MCP by `skyflo/max_output_chars` in `_meta`.',
  })
  MAX_OUTPUT_CHARS = 32_000;

  @IntSetting({
    min: 1_000,
    description:
      'Characters that the answer of a call that failed has at most: the message, the errors of ' +
      'its parameters and what was put out before.',
  })
  MAX_ERROR_CHARS = 10_000;
}

/** The limits of the answer of any tool. */
export const toolsConfig = registerConfig('tools', ToolsEnvironment, (environment) => ({
  maxOutputChars: environment.MAX_OUTPUT_CHARS,
  maxErrorChars: environment.MAX_ERROR_CHARS,
}));

export type ToolsConfig = ConfigType<typeof toolsConfig>;
