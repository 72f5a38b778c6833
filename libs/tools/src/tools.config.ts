import type { ConfigType } from '@nestjs/config';
import { registerConfig } from './config/register-config.js';
import { IntSetting } from './config/setting.decorator.js';

class ToolsEnvironment {
  @IntSetting({ min: 1_000, description: 'Characters after which an answer is cut.' })
  MAX_OUTPUT_CHARS = 1_000_000;
}

/** The limits of the answer of any tool. */
export const toolsConfig = registerConfig('tools', ToolsEnvironment, (environment) => ({
  maxOutputChars: environment.MAX_OUTPUT_CHARS,
}));

export type ToolsConfig = ConfigType<typeof toolsConfig>;
