/** Facts of a span. Undefined ones are left out. */
export type SpanFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span of a trace that is being made. */
export interface TraceSpan {
  /** How log lines name it: `trace_id`, `span_id` and `trace_flags`. */
  readonly ids: Readonly<Record<string, string>>;
  /** The headers by which whoever gets a request of it joins the trace. */
  readonly headers: Readonly<Record<string, string>>;
  /** Begins a part of it: a request to another server, or work of this one. */
  begin(name: string, kind: 'client' | 'internal', facts: SpanFacts): TraceSpan;
  note(facts: SpanFacts): void;
  /** Notes that something happens now. */
  event(name: string, facts?: SpanFacts): void;
  /** @param errorType the kind of failure that it ended with. Only the first end counts. */
  end(errorType?: string): void;
}

/** What ties a call to the request that it came with. */
export interface CallOrigin {
  /** The id of the request, which its answer and its log lines have. */
  readonly requestId: string;
  /** The span of the call, or of the part of it that is under way. Undefined without traces. */
  readonly span?: TraceSpan | undefined;
}

/** What each log line of a call says of where it came from. */
export function logFactsOf(origin: CallOrigin | undefined): Readonly<Record<string, string>> {
  if (!origin) return {};
  return { requestId: origin.requestId, ...origin.span?.ids };
}
