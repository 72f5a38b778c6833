import type { Attributes, Context, Link, Span, Tracer } from '@opentelemetry/api';
import type { CallOrigin, SpanFacts, TraceSpan } from '#tools';

type Api = typeof import('@opentelemetry/api');

/** What traces are made with, once they are. */
interface Tracing {
  readonly api: Api;
  readonly tracer: Tracer;
}

let active: Tracing | undefined;

/** Has traces made from now on. */
export function beginTracing(begun: Tracing): void {
  active = begun;
}

/** A tool as the span of its call names it. */
export interface TracedTool {
  readonly name: string;
  readonly category: string;
}

/** The request that a call came with, as its door knows it. */
export interface CallRequest {
  readonly id: string;
  /** What may say which trace it belongs to: its message, then what has carried that. */
  readonly carriers: readonly unknown[];
  /**
   * The name and the facts of its span. Only asked where traces are made.
   * @param tool undefined where no tool has the name that was called
   */
  readonly describe: (tool: TracedTool | undefined) => { name: string; facts: SpanFacts };
  /**
   * What its end adds. Only asked where traces are made.
   * @param code that of the error that it failed with
   */
  readonly ended: (code: string | undefined) => { facts: SpanFacts; errorType?: string };
}

/** Begins the span of a call, where traces are made. @param find the tool that is called */
export function originOf(
  request: CallRequest | undefined,
  find: () => TracedTool | undefined,
): CallOrigin | undefined {
  if (!request) return undefined;
  if (!active) return { requestId: request.id };
  return { requestId: request.id, span: beginCall(active, request, find()) };
}

/** Ends the span of a call. @param code that of the error that it failed with */
export function endCall(
  request: CallRequest | undefined,
  origin: CallOrigin | undefined,
  code?: string,
): void {
  if (!request || !origin?.span) return;
  const { facts, errorType } = request.ended(code);
  origin.span.note({ ...facts, 'skyflo.outcome': code ?? 'success' });
  origin.span.end(errorType);
}

function beginCall(
  { api, tracer }: Tracing,
  { carriers, describe }: CallRequest,
  tool: TracedTool | undefined,
): TraceSpan {
  const { name, facts } = describe(tool);
  const said = carriers.map((carrier) => extract(api, carrier));
  const [parent, ...others] = said.filter((one) => api.trace.getSpanContext(one));
  const withBaggage = said.find((one) => api.propagation.getBaggage(one));
  const context = parent ?? withBaggage ?? api.ROOT_CONTEXT;
  const span = tracer.startSpan(
    name,
    {
      kind: api.SpanKind.SERVER,
      attributes: {
        ...attributesOf(facts),
        ...(tool && { 'gen_ai.tool.name': tool.name, 'gen_ai.operation.name': 'execute_tool' }),
      },
      links: others.flatMap((one) => linkTo(api, one)),
    },
    context,
  );
  return new OtelSpan({ api, tracer }, span, context);
}

/** A span of OpenTelemetry, with what goes on to those who get a request of it. */
class OtelSpan implements TraceSpan {
  private readonly context: Context;
  private isEnded = false;

  constructor(
    private readonly tracing: Tracing,
    private readonly span: Span,
    parent: Context,
  ) {
    this.context = tracing.api.trace.setSpan(parent, span);
  }

  get ids(): Readonly<Record<string, string>> {
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    const flags = traceFlags.toString(16).padStart(2, '0');
    return { trace_id: traceId, span_id: spanId, trace_flags: flags };
  }

  get headers(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    this.tracing.api.propagation.inject(this.context, headers);
    return headers;
  }

  begin(name: string, kind: 'client' | 'internal', facts: SpanFacts): TraceSpan {
    const { api, tracer } = this.tracing;
    const options = {
      kind: kind === 'client' ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL,
      attributes: attributesOf(facts),
    };
    return new OtelSpan(this.tracing, tracer.startSpan(name, options, this.context), this.context);
  }

  note(facts: SpanFacts): void {
    this.span.setAttributes(attributesOf(facts));
  }

  event(name: string, facts: SpanFacts = {}): void {
    this.span.addEvent(name, attributesOf(facts));
  }

  end(errorType?: string): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (errorType !== undefined) {
      this.span.setAttribute('error.type', errorType);
      // Without a text: that of an error may repeat what the caller has sent.
      this.span.setStatus({ code: this.tracing.api.SpanStatusCode.ERROR });
    }
    this.span.end();
  }
}

/** What a carrier says of a trace and its baggage. What is malformed says nothing. */
function extract({ propagation, ROOT_CONTEXT }: Api, carrier: unknown): Context {
  return propagation.extract(ROOT_CONTEXT, carrier, {
    get: (from, key) => textIn(from, key),
    keys: (from) => Object.keys(from ?? {}),
  });
}

function textIn(carrier: unknown, key: string): string | undefined {
  const value = (carrier as Record<string, unknown> | null | undefined)?.[key];
  return typeof value === 'string' ? value : undefined;
}

function linkTo(api: Api, from: Context): Link[] {
  const context = api.trace.getSpanContext(from);
  return context ? [{ context }] : [];
}

/** Undefined attributes would be dropped with a warning. */
function attributesOf(facts: SpanFacts): Attributes {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
