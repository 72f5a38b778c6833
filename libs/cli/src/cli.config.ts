import { availableParallelism } from 'node:os';
import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig } from '#tools';

class CliEnvironment {
  @IntSetting({
    description:
      'Programs, kubectl and helm, that start and compute at a time. 0: two for each core.',
    min: 0,
  })
  MAX_PROGRAMS = 0;
}

/** Programs for each core: about half of the time of one goes into waiting for the API server. */
const PER_CORE = 2;

/** How many programs compute at a time. */
export const cliConfig = registerConfig('cli', CliEnvironment, ({ MAX_PROGRAMS }) => ({
  maxPrograms: MAX_PROGRAMS || PER_CORE * availableParallelism(),
}));

export type CliConfig = ConfigType<typeof cliConfig>;
