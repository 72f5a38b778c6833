import { Logger } from '@nestjs/common';
import type { Logger as OtelLogger } from '@opentelemetry/api';
import type { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import type { LoggerProvider } from '@opentelemetry/sdk-logs';
import { orAfter } from '#base';
import type { AuditEntry } from './audit-entry.js';
import { canonicalJson } from './canonical-json.js';

/** What every record is called. */
const EVENT = 'skyflo.audit';
/** Severities of OpenTelemetry. */
const INFO = { severityNumber: 9, severityText: 'INFO' };
const WARN = { severityNumber: 13, severityText: 'WARN' };
/** Records that wait for the collector. Further ones are dropped, and the chain shows the gap. */
const MAX_WAITING = 1_000;
const MAX_BATCH = 250;
const FLUSH_MS = 1_000;
/** Milliseconds that the last records get when the server ends. */
const CLOSE_MS = 2_000;
/** Where records go, and by whom they are. */
export interface OtlpPlace {
  /** The whole address, such as `http://collector:4318/v1/logs`. */
  readonly url: string;
  readonly serviceName: string;
}

/** Entries as OpenTelemetry log records, beside the database. Nothing waits for them. */
export class OtlpLog {
  private constructor(
    private readonly provider: LoggerProvider,
    private readonly records: OtelLogger,
  ) {}

  /** Loads the packages, which nobody else needs. */
  static async open({ url, serviceName }: OtlpPlace): Promise<OtlpLog> {
    const [{ BatchLogRecordProcessor, LoggerProvider }, { OTLPLogExporter }, resources] =
      await Promise.all([
        import('@opentelemetry/sdk-logs'),
        import('@opentelemetry/exporter-logs-otlp-http'),
        import('@opentelemetry/resources'),
      ]);
    const processor = new BatchLogRecordProcessor({
      exporter: telling(new OTLPLogExporter({ url }), new URL(url).origin),
      maxQueueSize: MAX_WAITING,
      maxExportBatchSize: MAX_BATCH,
      scheduledDelayMillis: FLUSH_MS,
    });
    const resource = resources.resourceFromAttributes({ 'service.name': serviceName });
    const provider = new LoggerProvider({ resource, processors: [processor] });
    return new OtlpLog(provider, provider.getLogger(EVENT));
  }

  write(entry: AuditEntry): void {
    const { kind, outcome = 'none', tool, principal, door, decision, context, code } = entry;
    this.records.emit({
      eventName: EVENT,
      timestamp: new Date(entry.time),
      ...(outcome === 'done' || outcome === 'none' ? INFO : WARN),
      body: canonicalJson(entry),
      attributes: {
        'audit.chain': entry.chain,
        'audit.seq': entry.seq,
        'audit.kind': kind,
        'audit.tool': tool,
        'audit.door': door,
        'audit.decision': decision,
        'audit.outcome': outcome,
        'user.id': principal.id,
        ...(code !== undefined && { 'audit.code': code }),
        ...(context !== undefined && { 'audit.context': context }),
        ...(entry.executionId !== undefined && { 'audit.execution_id': entry.executionId }),
      },
    });
  }

  /** Waits until the records are sent, for two seconds at most. */
  async close(): Promise<void> {
    await orAfter(
      CLOSE_MS,
      this.provider.shutdown().catch(() => undefined),
    );
  }
}

/** Logs once when a collector does not take records, and once when it does again. */
function telling(exporter: OTLPLogExporter, place: string): OTLPLogExporter {
  const logger = new Logger('Audit');
  const send = exporter.export.bind(exporter);
  let isFailing = false;
  exporter.export = (records, done) =>
    send(records, (result) => {
      const { error } = result;
      if (error && !isFailing) {
        logger.warn({ msg: 'Records of the audit are not taken.', place, err: error });
      }
      if (!error && isFailing) logger.log({ msg: 'Records of the audit are taken again.', place });
      isFailing = error !== undefined;
      done(result);
    });
  return exporter;
}
