import type { Logger as OtelLogger, LoggerProvider as Loggers } from '@opentelemetry/api';
import type { TracerProviderOptions } from '@opentelemetry/sdk-trace';
import { orAfter } from '#base';
import { VERSION } from '#tools';
import { LogRecords } from './log-records.js';
import type { OtelConfig, OtlpPlace } from './otel.config.js';
import { logExporter, metricExporter, traceExporter } from './otlp-exporters.js';
import { samplerOf } from './sampler.js';
import { beginTracing } from './tracing.js';

/** What spans and instruments are named as coming from. */
const SCOPE = 'skyflo-mcp';
/** Milliseconds that the last spans and lines of the log get when the server ends. */
const CLOSE_MS = 1_000;
/** The same for records that are to be complete. */
const CLOSE_LOGS_MS = 2_000;
const METRIC_INTERVAL_MS = 60_000;
const METRIC_TIMEOUT_MS = 30_000;

interface Provider {
  shutdown(): Promise<void>;
}

/** The SDK of OpenTelemetry, set up by the settings. */
export class OtelSdk {
  /** Takes the lines of the log. Undefined where they do not go to a collector. */
  readonly logs: LogRecords | undefined;

  private constructor(
    private readonly providers: readonly Provider[],
    logs: LogRecords | undefined,
  ) {
    this.logs = logs;
  }

  /**
   * Sets up what goes to a collector, and loads what that needs. Without anything that goes there,
   * nothing is loaded.
   */
  static async start(config: OtelConfig): Promise<OtelSdk | undefined> {
    const { traces, metrics, logs } = config;
    if (!traces && !metrics && !logs) return undefined;
    const api = await import('@opentelemetry/api');
    const own = await resourceOf(config);
    const meterProvider = metrics && (await meterProviderFor(metrics, own));
    const [tracerProvider, loggerProvider] = await Promise.all([
      // With metrics of its own it says what it has to drop.
      traces && tracerProviderFor(traces, config, { resource: own, meterProvider }),
      logs && loggerProviderFor(logs, own, 'Lines of the log'),
    ]);
    if (meterProvider) api.metrics.setGlobalMeterProvider(meterProvider);
    if (tracerProvider) {
      await usePropagators(api, config.propagators);
      beginTracing({ api, tracer: tracerProvider.getTracer(SCOPE, VERSION) });
    }
    const providers = [tracerProvider, meterProvider, loggerProvider];
    return new OtelSdk(
      providers.filter((provider) => provider !== undefined),
      loggerProvider && new LogRecords(api, loggerProvider),
    );
  }

  /** Sends what is left, for a second at most. */
  async close(): Promise<void> {
    const ends = this.providers.map((provider) => provider.shutdown().catch(() => undefined));
    await orAfter(CLOSE_MS, Promise.all(ends));
  }
}

/** Log records of one kind, with a queue of their own. */
export class OtelLogs {
  private constructor(
    private readonly provider: Loggers & Provider,
    /** Takes the records. */
    readonly logger: OtelLogger,
  ) {}

  /**
   * Opens the way to the collector. Undefined where log records do not go to one.
   * @param scope what the records are named as coming from
   * @param what they are, in the log
   */
  static async open(config: OtelConfig, scope: string, what: string) {
    if (!config.logs) return undefined;
    const provider = await loggerProviderFor(config.logs, await resourceOf(config), what);
    return new OtelLogs(provider, provider.getLogger(scope));
  }

  /** Sends what is left, for two seconds at most. */
  async close(): Promise<void> {
    await orAfter(
      CLOSE_LOGS_MS,
      this.provider.shutdown().catch(() => undefined),
    );
  }
}

type Resource = Awaited<ReturnType<typeof resourceOf>>;

/** What this process is. The same for all of it, as its instance has a random id. */
let resource: ReturnType<typeof detectResource> | undefined;

function resourceOf(config: OtelConfig) {
  return (resource ??= detectResource(config));
}

async function detectResource({ serviceName }: OtelConfig) {
  const resources = await import('@opentelemetry/resources');
  const { hostDetector, serviceInstanceIdDetector } = resources;
  const { resourceAttributesEnvDetector, serviceNameEnvDetector } = resources;
  const own = { 'service.name': serviceName, 'service.version': VERSION };
  // Not the process: its arguments and its user are nobody's business.
  const detectors = [hostDetector, serviceInstanceIdDetector];
  return resources
    .defaultResource()
    .merge(resources.detectResources({ detectors }))
    .merge(resources.resourceFromAttributes(own))
    .merge(
      resources.detectResources({
        detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector],
      }),
    );
}

async function tracerProviderFor(
  place: OtlpPlace,
  config: OtelConfig,
  options: Pick<TracerProviderOptions, 'resource' | 'meterProvider'>,
) {
  const [sdk, exporter, number] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    traceExporter(place),
    numbers(),
  ]);
  const processor = new sdk.BatchSpanProcessor({
    exporter,
    selfObsMeterProvider: options.meterProvider,
    maxQueueSize: number('OTEL_BSP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: number('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: number('OTEL_BSP_EXPORT_TIMEOUT'),
  });
  const sampler = samplerOf(sdk, config);
  return new sdk.TracerProvider({ ...options, sampler, spanProcessors: [processor] });
}

async function meterProviderFor(place: OtlpPlace, own: Resource) {
  const [sdk, exporter, number] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    metricExporter(place),
    numbers(),
  ]);
  const exportIntervalMillis = number('OTEL_METRIC_EXPORT_INTERVAL') ?? METRIC_INTERVAL_MS;
  const limit = number('OTEL_METRIC_EXPORT_TIMEOUT') ?? METRIC_TIMEOUT_MS;
  const exportTimeoutMillis = Math.min(limit, exportIntervalMillis);
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis,
    exportTimeoutMillis,
  });
  return new sdk.MeterProvider({ resource: own, readers: [reader] });
}

async function loggerProviderFor(place: OtlpPlace, own: Resource, what: string) {
  const [sdk, exporter, number] = await Promise.all([
    import('@opentelemetry/sdk-logs'),
    logExporter(place, what),
    numbers(),
  ]);
  const processor = new sdk.BatchLogRecordProcessor({
    exporter,
    maxQueueSize: number('OTEL_BLRP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: number('OTEL_BLRP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: number('OTEL_BLRP_SCHEDULE_DELAY'),
    exportTimeoutMillis: number('OTEL_BLRP_EXPORT_TIMEOUT'),
  });
  return new sdk.LoggerProvider({ resource: own, processors: [processor] });
}

async function usePropagators(
  { propagation }: typeof import('@opentelemetry/api'),
  names: readonly string[],
): Promise<void> {
  const core = await import('@opentelemetry/core');
  const propagators = names.map((name) =>
    name === 'baggage' ? new core.W3CBaggagePropagator() : new core.W3CTraceContextPropagator(),
  );
  propagation.setGlobalPropagator(new core.CompositePropagator({ propagators }));
}

/** Reads a variable that is a number above 0. */
async function numbers(): Promise<(name: string) => number | undefined> {
  const { getNumberFromEnv } = await import('@opentelemetry/core');
  return (name) => {
    const value = getNumberFromEnv(name);
    return value !== undefined && value > 0 ? value : undefined;
  };
}
