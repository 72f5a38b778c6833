import type { ConfigType } from '@nestjs/config';
import { ChoiceSetting, registerConfig, TextSetting } from '#tools';

const ADDRESS = {
  pattern: /^(https?:\/\/\S+)?$/,
  means: 'an address that starts with http:// or https://',
};
const EXPORTERS = ['otlp', 'none'];
const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];
const WHERE_SET = '`otlp` where an endpoint is set, else `none`';
const AS_ALL = '`OTEL_EXPORTER_OTLP_PROTOCOL`';

class OtelEnvironment {
  @TextSetting({
    format: ADDRESS,
    description:
      'An OpenTelemetry collector. It gets traces, metrics and log records, the audit among them, ' +
      'at `/v1/traces`, `/v1/metrics` and `/v1/logs`. Variables that are not in this table, such ' +
      'as `OTEL_EXPORTER_OTLP_HEADERS`, are read as OpenTelemetry describes them.',
    otherwise: 'none',
  })
  OTEL_EXPORTER_OTLP_ENDPOINT = '';

  @TextSetting({
    format: ADDRESS,
    description: 'The same for traces only, with its whole path.',
    otherwise: '`OTEL_EXPORTER_OTLP_ENDPOINT` and `/v1/traces`',
  })
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = '';

  @TextSetting({
    format: ADDRESS,
    description: 'The same for metrics only, with its whole path.',
    otherwise: '`OTEL_EXPORTER_OTLP_ENDPOINT` and `/v1/metrics`',
  })
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT = '';

  @TextSetting({
    format: ADDRESS,
    description: 'The same for log records only, with its whole path.',
    otherwise: '`OTEL_EXPORTER_OTLP_ENDPOINT` and `/v1/logs`',
  })
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT = '';

  @ChoiceSetting({ choices: PROTOCOLS, description: 'What the collector is sent.' })
  OTEL_EXPORTER_OTLP_PROTOCOL = 'http/protobuf';

  @ChoiceSetting({ choices: PROTOCOLS, description: 'The same for traces.', otherwise: AS_ALL })
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL = '';

  @ChoiceSetting({ choices: PROTOCOLS, description: 'The same for metrics.', otherwise: AS_ALL })
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL = '';

  @ChoiceSetting({ choices: PROTOCOLS, description: 'The same for logs.', otherwise: AS_ALL })
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL = '';

  @ChoiceSetting({ choices: EXPORTERS, description: 'Who gets traces.', otherwise: WHERE_SET })
  OTEL_TRACES_EXPORTER = '';

  @ChoiceSetting({ choices: EXPORTERS, description: 'Who gets metrics.', otherwise: WHERE_SET })
  OTEL_METRICS_EXPORTER = '';

  @ChoiceSetting({
    choices: EXPORTERS,
    description: 'Who gets the lines of the log and the audit as log records.',
    otherwise: WHERE_SET,
  })
  OTEL_LOGS_EXPORTER = '';

  @ChoiceSetting({
    choices: ['true', 'false'],
    description: '`true`: nothing is sent to a collector, whatever else is set.',
  })
  OTEL_SDK_DISABLED = 'false';

  @TextSetting({ description: 'The name of the service in all of it.' })
  OTEL_SERVICE_NAME = 'skyflo-mcp';

  @ChoiceSetting({ choices: SAMPLERS, description: 'Which traces are kept.' })
  OTEL_TRACES_SAMPLER = 'parentbased_always_on';

  @TextSetting({
    format: { pattern: /^(0|1|0?\.\d+|[01]\.0+)?$/, means: 'a number from 0 to 1' },
    description: 'The part of the traces that a sampler with `traceidratio` keeps.',
    otherwise: '1',
  })
  OTEL_TRACES_SAMPLER_ARG = '';

  @TextSetting({
    format: {
      pattern: /^(none|(tracecontext|baggage)(,(tracecontext|baggage))*)$/,
      means: '`tracecontext` and `baggage`, joined by a comma, or `none`',
    },
    description: 'The headers by which traces go on from a caller, and to API servers.',
  })
  OTEL_PROPAGATORS = 'tracecontext,baggage';
}

/** How one kind of telemetry is sent. */
export interface OtlpPlace {
  readonly protocol: (typeof PROTOCOLS)[number];
  /** The address of the collector, for messages. */
  readonly place: string;
}

/**
 * What goes to an OpenTelemetry collector, and where that is. Nothing is loaded for what is not.
 */
export const otelConfig = registerConfig('otel', OtelEnvironment, (environment) => ({
  serviceName: environment.OTEL_SERVICE_NAME,
  traces: placeOf(environment, 'TRACES'),
  metrics: placeOf(environment, 'METRICS'),
  logs: placeOf(environment, 'LOGS'),
  sampler: environment.OTEL_TRACES_SAMPLER,
  ratio: Number(environment.OTEL_TRACES_SAMPLER_ARG || 1),
  propagators: environment.OTEL_PROPAGATORS.split(',').filter((name) => name !== 'none'),
}));

export type OtelConfig = ConfigType<typeof otelConfig>;

/** Where an OTLP exporter sends if no endpoint is set. */
const DEFAULT_ENDPOINT = 'http://localhost:4318';

/** Undefined for what is not sent. */
function placeOf(
  environment: OtelEnvironment,
  signal: 'TRACES' | 'METRICS' | 'LOGS',
): OtlpPlace | undefined {
  const endpoint =
    environment[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] || environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = environment[`OTEL_${signal}_EXPORTER`] || (endpoint ? 'otlp' : 'none');
  if (environment.OTEL_SDK_DISABLED === 'true' || exporter === 'none') return undefined;
  const protocol =
    environment[`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`] || environment.OTEL_EXPORTER_OTLP_PROTOCOL;
  return {
    protocol: protocol as OtlpPlace['protocol'],
    place: new URL(endpoint || DEFAULT_ENDPOINT).origin,
  };
}
