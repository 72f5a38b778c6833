import { registerAs, type ConfigType } from '@nestjs/config';
import { IsInt, Min } from 'class-validator';
import { readConfig } from './read-config.js';

class ToolsEnvironment {
  @IsInt()
  @Min(1_000)
  MAX_OUTPUT_CHARS = 1_000_000;
}

/** `MAX_OUTPUT_CHARS`: characters after which an answer is cut. */
export const toolsConfig = registerAs('tools', () => {
  const environment = readConfig(ToolsEnvironment);
  return { maxOutputChars: environment.MAX_OUTPUT_CHARS };
});

export type ToolsConfig = ConfigType<typeof toolsConfig>;
