import { homedir } from 'node:os';
import { join } from 'node:path';
import { registerAs, type ConfigType } from '@nestjs/config';
import { IsInt, IsString, Matches, Min } from 'class-validator';
import { readConfig, sharesConfig } from '#tools';

class ExecutionsEnvironment {
  @IsString()
  DATABASE_URL = '';

  @IsString()
  EXECUTIONS_FILE = '';

  @IsString()
  XDG_STATE_HOME = '';

  @IsInt()
  @Min(1)
  MAX_RUNNING = 400;

  @Matches(/^([a-z0-9]+=[1-9]\d*(,|$))*$/, {
    message: 'must be limits by category such as "k8s=300,helm=8"',
  })
  MAX_RUNNING_BY_CATEGORY = 'helm=16';

  @IsInt()
  @Min(0)
  MAX_QUEUED_PER_CALLER = 200;

  @IsInt()
  @Min(1)
  MAX_WAITS = 1_000;

  @IsInt()
  @Min(1_000)
  MAX_KEPT_OUTPUT_CHARS = 5_000_000;

  @IsInt()
  @Min(1)
  EXECUTIONS_MAX_AGE_HOURS = 168;

  @IsInt()
  @Min(1)
  EXECUTIONS_MAX_MB = 1_024;

  @IsInt()
  @Min(0)
  SHUTDOWN_GRACE_SECONDS = 10;
}

/**
 * Where executions are remembered: `DATABASE_URL` (PostgreSQL, shared by replicas), else
 * `EXECUTIONS_FILE` (SQLite; `:memory:` forgets them with the process). For how long:
 * `EXECUTIONS_MAX_AGE_HOURS`, `EXECUTIONS_MAX_MB`, and `MAX_KEPT_OUTPUT_CHARS` of each. How many
 * run at once: `MAX_RUNNING`, `MAX_RUNNING_BY_CATEGORY`, and `MAX_WAITS` that only let time pass;
 * of each, a caller has its share (`CALLER_SHARE_PERCENT`). How many of one caller may wait for a
 * place: `MAX_QUEUED_PER_CALLER`. `SHUTDOWN_GRACE_SECONDS`: what running ones are given when the
 * server is told to stop.
 */
export const executionsConfig = registerAs('executions', () => {
  const environment = readConfig(ExecutionsEnvironment);
  const { callerPercent } = sharesConfig();
  const stateFolder = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return {
    databaseUrl: environment.DATABASE_URL || undefined,
    file: environment.EXECUTIONS_FILE || join(stateFolder, 'skyflo-mcp', 'executions.db'),
    limits: {
      total: environment.MAX_RUNNING,
      byCategory: new Map(
        environment.MAX_RUNNING_BY_CATEGORY.split(',')
          .filter(Boolean)
          .map((entry) => entry.split('=') as [string, string])
          .map(([category, most]) => [category, Number(most)]),
      ),
      callerPercent,
      queuedPerCaller: environment.MAX_QUEUED_PER_CALLER,
      waits: environment.MAX_WAITS,
    },
    maxKeptOutputChars: environment.MAX_KEPT_OUTPUT_CHARS,
    maxAgeMs: environment.EXECUTIONS_MAX_AGE_HOURS * 3_600_000,
    maxBytes: environment.EXECUTIONS_MAX_MB * 1024 * 1024,
    shutdownGraceMs: environment.SHUTDOWN_GRACE_SECONDS * 1_000,
  };
});

export type ExecutionsConfig = ConfigType<typeof executionsConfig>;
