import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, sharesConfig, TextSetting } from '#tools';

class ExecutionsEnvironment {
  @IntSetting({
    min: 1,
    description:
      'Most calls that run at the same time. A caller has its share. The others wait for their ' +
      'turn, by caller.',
  })
  MAX_RUNNING = 400;

  @TextSetting({
    isList: true,
    format: {
      pattern: /^([a-z0-9]+=[1-9]\d*(,|$))*$/,
      means: 'limits by category such as "k8s=300,helm=8"',
    },
    description:
      'Most calls of a category that run at the same time. Calls that only read Helm releases do ' +
      'not count for Helm.',
  })
  MAX_RUNNING_BY_CATEGORY = 'helm=16';

  @IntSetting({
    min: 0,
    description:
      'Most calls of one caller that wait for their turn. Further ones are refused (429).',
  })
  MAX_QUEUED_PER_CALLER = 200;

  @IntSetting({
    min: 1,
    description:
      'Most calls that only wait (`wait_for_x_seconds`, `execution_wait`, `k8s_rollout_status`, ' +
      '`argo_status` with `watch`, writes with `wait_seconds`). They do not count as running. A caller has its share.',
  })
  MAX_WAITS = 1_000;

  @IntSetting({
    min: 1_000,
    description:
      'Characters of an output that are kept, so that it can be read after its answer was cut.',
  })
  MAX_KEPT_OUTPUT_CHARS = 5_000_000;

  @IntSetting({ min: 1, description: 'Hours after which an execution is forgotten.' })
  EXECUTIONS_MAX_AGE_HOURS = 168;

  @IntSetting({
    min: 1,
    description:
      'MB that executions take up at most. Beyond that, the oldest of the caller that takes up ' +
      'most are forgotten.',
  })
  EXECUTIONS_MAX_MB = 1_024;

  @IntSetting({
    min: 0,
    description: 'Seconds that running calls get when the server is told to stop.',
  })
  SHUTDOWN_GRACE_SECONDS = 10;
}

/** How many calls run, and for how long they are remembered. */
export const executionsConfig = registerConfig(
  'executions',
  ExecutionsEnvironment,
  (environment) => {
    const { callerPercent } = sharesConfig();
    return {
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
  },
);

export type ExecutionsConfig = ConfigType<typeof executionsConfig>;
