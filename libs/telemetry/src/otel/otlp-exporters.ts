import { Logger } from '@nestjs/common';
import type { OtlpPlace } from './otel.config.js';

/** What every exporter has, whatever it sends. */
interface Exporter<Batch> {
  export(batch: Batch, done: (result: { error?: Error }) => void): void;
}

/** Makes an exporter of spans. It and the following load what they need. */
export async function traceExporter({ protocol, place }: OtlpPlace) {
  const { OTLPTraceExporter } = await (protocol === 'http/json'
    ? import('@opentelemetry/exporter-trace-otlp-http')
    : import('@opentelemetry/exporter-trace-otlp-proto'));
  return telling(new OTLPTraceExporter(), 'Traces', place);
}

export async function metricExporter({ protocol, place }: OtlpPlace) {
  const { OTLPMetricExporter } = await (protocol === 'http/json'
    ? import('@opentelemetry/exporter-metrics-otlp-http')
    : import('@opentelemetry/exporter-metrics-otlp-proto'));
  return telling(new OTLPMetricExporter(), 'Metrics', place);
}

/** @param what the records are, in the log */
export async function logExporter({ protocol, place }: OtlpPlace, what: string) {
  const { OTLPLogExporter } = await (protocol === 'http/json'
    ? import('@opentelemetry/exporter-logs-otlp-http')
    : import('@opentelemetry/exporter-logs-otlp-proto'));
  return telling(new OTLPLogExporter(), what, place);
}

/** Logs once when a collector does not take something, and once when it does again. */
function telling<Batch, E extends Exporter<Batch>>(exporter: E, what: string, place: string): E {
  const logger = new Logger('Telemetry');
  const send = exporter.export.bind(exporter);
  let isFailing = false;
  exporter.export = (batch, done) =>
    send(batch, (result) => {
      const { error } = result;
      if (error && !isFailing) logger.warn({ msg: `${what} are not taken.`, place, err: error });
      if (!error && isFailing) logger.log({ msg: `${what} are taken again.`, place });
      isFailing = error !== undefined;
      done(result);
    });
  return exporter;
}
