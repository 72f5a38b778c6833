import type { Context, LoggerProvider } from '@opentelemetry/api';

type Api = typeof import('@opentelemetry/api');

/** Severity numbers of OpenTelemetry, by the levels of the log. */
const SEVERITIES: Record<string, number> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};

/** A line of the log as it is written: one flat JSON object. */
interface LogLine {
  time: string;
  level: string;
  msg?: string;
  context?: string;
  err?: string;
  trace_id?: string;
  span_id?: string;
  trace_flags?: string;
  [fact: string]: unknown;
}

/** Has the lines of the log go out as log records too. */
export class LogRecords {
  constructor(
    private readonly api: Api,
    private readonly provider: LoggerProvider,
  ) {}

  /** @param text a line of the log */
  write(text: string): void {
    const line = JSON.parse(text) as LogLine;
    const { time, level, msg, context = 'Server', err, ...others } = line;
    const { trace_id: traceId, span_id: spanId, trace_flags: flags, ...facts } = others;
    this.provider.getLogger(context).emit({
      timestamp: new Date(time),
      severityNumber: SEVERITIES[level] ?? 0,
      severityText: level.toUpperCase(),
      body: msg ?? '',
      attributes: {
        ...facts,
        ...(err !== undefined && { 'exception.stacktrace': err }),
      },
      context: this.contextOf(traceId, spanId, flags),
    });
  }

  private contextOf(traceId?: string, spanId?: string, flags = '01'): Context {
    const { ROOT_CONTEXT, trace } = this.api;
    if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
    const traceFlags = parseInt(flags, 16);
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags });
  }
}
