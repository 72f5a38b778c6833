import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** Sent soon, so that the tests need not wait. */
export const SOON = {
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_BLRP_SCHEDULE_DELAY: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '300',
};

/** A value of OTLP, as its JSON has it. */
interface OtlpValue {
  stringValue?: string;
  intValue?: number | string;
  boolValue?: boolean;
  doubleValue?: number;
}

interface OtlpAttribute {
  key: string;
  value: OtlpValue;
}

type Facts = Record<string, string | number | boolean | undefined>;

/** A span that was exported. */
export interface SeenSpan {
  name: string;
  /** 1 internal, 2 server, 3 client (opentelemetry-proto, trace.proto). */
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  facts: Facts;
  events: { name: string; facts: Facts }[];
  links?: { traceId: string; spanId: string }[];
  /** 2 is an error. */
  status?: { code?: number; message?: string };
  startMs: number;
  endMs: number;
}

/** A log record that was exported. */
export interface SeenRecord {
  scope: string;
  severityText: string;
  body: string;
  traceId?: string;
  spanId?: string;
  facts: Facts;
}

interface Scoped {
  scope: { name: string };
  spans?: (Omit<SeenSpan, 'facts' | 'events'> & {
    attributes?: OtlpAttribute[];
    events?: { name: string; attributes?: OtlpAttribute[] }[];
    startTimeUnixNano: string;
    endTimeUnixNano: string;
  })[];
  logRecords?: (Omit<SeenRecord, 'body' | 'facts'> & {
    body?: OtlpValue;
    attributes?: OtlpAttribute[];
  })[];
  metrics?: { name: string }[];
}

interface OtlpRequest {
  resourceSpans?: { resource: { attributes: OtlpAttribute[] }; scopeSpans: Scoped[] }[];
  resourceLogs?: { scopeLogs: Scoped[] }[];
  resourceMetrics?: { scopeMetrics: Scoped[] }[];
}

/** An OpenTelemetry collector for OTLP over HTTP, which keeps what it gets. */
export class Collector {
  /** The posts as they came. */
  readonly posts: { path: string; contentType: string; body: Buffer }[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.take(request).then(() =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      );
    });
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** All that it got, as text. */
  get text(): string {
    return this.posts.map(({ body }) => body.toString('latin1')).join('\n');
  }

  get resource(): Facts {
    const [one] = this.requests().flatMap(({ resourceSpans = [] }) => resourceSpans);
    return factsOf(one?.resource.attributes);
  }

  get spans(): SeenSpan[] {
    return this.requests()
      .flatMap(({ resourceSpans = [] }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans = [] }) => spans))
      .map(({ attributes, events = [], ...span }) => ({
        ...span,
        facts: factsOf(attributes),
        events: events.map(({ name, attributes: of }) => ({ name, facts: factsOf(of) })),
        startMs: Number(span.startTimeUnixNano) / 1e6,
        endMs: Number(span.endTimeUnixNano) / 1e6,
      }));
  }

  get records(): SeenRecord[] {
    return this.requests()
      .flatMap(({ resourceLogs = [] }) => resourceLogs)
      .flatMap(({ scopeLogs }) => scopeLogs)
      .flatMap(({ scope, logRecords = [] }) =>
        logRecords.map(({ body, attributes, ...record }) => ({
          ...record,
          scope: scope.name,
          body: body?.stringValue ?? '',
          facts: factsOf(attributes),
        })),
      );
  }

  get metricNames(): string[] {
    return this.requests()
      .flatMap(({ resourceMetrics = [] }) => resourceMetrics)
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics = [] }) => metrics))
      .map(({ name }) => name);
  }

  private requests(): OtlpRequest[] {
    return this.posts
      .filter(({ contentType }) => contentType === 'application/json')
      .map(({ body }) => JSON.parse(body.toString()) as OtlpRequest);
  }

  private async take(request: IncomingMessage): Promise<void> {
    const { url: path = '', headers } = request;
    const sent = await buffer(request);
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    this.posts.push({ path, contentType: headers['content-type'] ?? '', body });
  }
}

function factsOf(attributes: OtlpAttribute[] = []): Facts {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, intValue, boolValue, doubleValue } = value;
      const number = intValue === undefined ? doubleValue : Number(intValue);
      return [key, stringValue ?? boolValue ?? number];
    }),
  );
}
