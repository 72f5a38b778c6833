import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpanFacts, TraceSpan } from '#tools';
import { HttpLab, status } from '../../fixtures/http-lab.js';
import type { Cluster } from '../cluster.js';
import { callScope } from '../gate/gate-call.js';
import { Gate } from '../gate/gate.js';
import { RequestSpan } from './request-span.js';

const PODS = '/api/v1/namespaces/a/pods';

/** A span that keeps what it is told. */
class KeptSpan implements TraceSpan {
  readonly parts: KeptSpan[] = [];
  readonly events: string[] = [];
  ended = 0;
  errorType: string | undefined;

  constructor(
    readonly name: string,
    public facts: SpanFacts,
  ) {}

  readonly ids = {};

  get headers() {
    return { traceparent: this.name };
  }

  begin(name: string, _kind: string, facts: SpanFacts): KeptSpan {
    const part = new KeptSpan(name, facts);
    this.parts.push(part);
    return part;
  }

  note(facts: SpanFacts): void {
    this.facts = { ...this.facts, ...facts };
  }

  event(_name: string, { reason }: SpanFacts = {}): void {
    this.events.push(String(reason));
  }

  end(errorType?: string): void {
    if (this.ended === 0) this.errorType = errorType;
    this.ended += 1;
  }
}

let lab: HttpLab;
let span: KeptSpan;
let answers: { code: number; headers?: Record<string, string> }[];
let got: IncomingHttpHeaders[];
let cluster: Cluster;

beforeEach(async () => {
  lab = new HttpLab();
  span = new KeptSpan('call', {});
  answers = [];
  got = [];
  const gate = new Gate();
  gate.use([{}]);
  cluster = await lab.clusterTo((request, response) => {
    got.push(request.headers);
    const { code, headers = {} } = answers.shift() ?? { code: 200 };
    const body = code === 200 ? '{"kind":"PodList"}' : status(code, 'NotFound', 'no');
    response.writeHead(code, headers).end(body);
  }, gate);
});
afterEach(() => lab.close());

/** Does work in a call that is traced. */
function traced<T>(work: () => T): T {
  const { signal } = new AbortController();
  const origin = { requestId: 'r', span };
  const call = { tool: 'k8s_get', category: 'k8s', executionId: 'e', principal: undefined };
  return callScope.run({ ...call, signal, origin }, work);
}

describe(RequestSpan.name, () => {
  it('names the request without what names one object, and goes on to the API server', async () => {
    await traced(() => cluster.request(`${PODS}/web`, { query: { token: 'secret' } }));
    const name = 'GET /api/v1/namespaces/{namespace}/pods/{name}';
    expect(span.parts).toMatchObject([{ name, ended: 1, errorType: undefined }]);
    expect(span.parts[0]!.facts).toMatchObject({
      'url.path': `${PODS}/web`,
      'k8s.namespace.name': 'a',
      'skyflo.k8s.verb': 'get',
      'http.response.status_code': 200,
    });
    expect(JSON.stringify(span.parts)).not.toContain('secret');
    expect(got.map(({ traceparent }) => traceparent)).toEqual([name]);
  });

  it.each([
    [`${PODS}/web/proxy/admin?key=1`, `${PODS}/web/proxy`],
    ['/version', '/version'],
  ])('shows of %s only %s', async (path, shown) => {
    await traced(() => cluster.forward(path, {}));
    expect(span.parts[0]!.facts['url.path']).toBe(shown);
  });

  it('counts what is sent again', async () => {
    answers = [{ code: 429, headers: { 'retry-after': '0' } }];
    await traced(() => cluster.request(PODS));
    const [one] = span.parts;
    expect(one!.events).toEqual(['asked to wait']);
    expect(one!.facts).toMatchObject({
      'http.request.resend_count': 1,
      'http.response.status_code': 200,
    });
    expect(one!.errorType).toBeUndefined();
  });

  it('ends with the status of a refusal', async () => {
    answers = [{ code: 404 }];
    await expect(traced(() => cluster.request(PODS))).rejects.toThrow('no');
    expect(span.parts).toMatchObject([{ errorType: '404' }]);
  });

  it('says which answers are those of another request', async () => {
    const ask = () => cluster.request(PODS);
    await traced(() => Promise.all([ask(), ask(), ask(), ask()]));
    expect(got).toHaveLength(2);
    const shared = span.parts.filter(({ facts }) => facts['skyflo.request.shared']);
    expect(shared).toHaveLength(2);
    expect(shared.map(({ ended }) => ended)).toEqual([1, 1]);
  });

  it('is not there outside of a call that is traced', async () => {
    await cluster.request(PODS);
    expect(span.parts).toEqual([]);
    expect(got[0]).not.toHaveProperty('traceparent');
  });
});
