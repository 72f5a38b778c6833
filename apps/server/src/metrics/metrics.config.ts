import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, TextSetting } from '#tools';

class MetricsEnvironment {
  @IntSetting({
    min: 0,
    max: 65_535,
    description:
      'A port of its own for `/metrics` and `/health`, without authentication, also with ' +
      '`--stdio`. 0: none. Let only Prometheus reach it. See [operating.md](operating.md#metrics).',
  })
  METRICS_PORT = 0;

  @TextSetting({
    format: { pattern: /^([^\s/]*)$/, means: 'an address or a name' },
    description: 'The address that `METRICS_PORT` listens on.',
    otherwise: 'that of `HOST`; `127.0.0.1` where `HOST` is a Unix socket',
  })
  METRICS_HOST = '';
}

/** Where metrics are read besides on the server's own port. */
export const metricsConfig = registerConfig('metrics', MetricsEnvironment, (environment) => ({
  port: environment.METRICS_PORT || undefined,
  host: environment.METRICS_HOST || undefined,
}));

export type MetricsConfig = ConfigType<typeof metricsConfig>;
