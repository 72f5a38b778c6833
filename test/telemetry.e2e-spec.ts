import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Collector, SOON, type SeenSpan } from './support/collector.js';
import { ExecutionsApi } from './support/executions.js';
import { HIDDEN, writeGreeterChart } from './support/greeter-chart.js';
import { ownHelmHome } from './support/helm.js';
import { CLIENTS } from './support/mcp-clients.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { useNamespace } from './support/use-namespace.js';

const [INTERNAL, SERVER, CLIENT] = [1, 2, 3];
const ERROR = 2;
const NAMESPACES = { resource_type: 'namespaces' };
const own = useNamespace('telemetry-test');
const collector = new Collector();
let server: RunningServer;
let api: ExecutionsApi;
let env: Record<string, string>;
beforeAll(async () => {
  env = {
    ...SOON,
    ...ownHelmHome('telemetry'),
    OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start(),
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    HELM_CHARTS_DIR: `${testSandbox().folder}/telemetry-charts`,
  };
  server = await startServer(env);
  api = new ExecutionsApi(server);
  writeGreeterChart(env['HELM_CHARTS_DIR']!, '1.0.0');
});
afterAll(async () => {
  await server.stop();
  collector.stop();
});

/** A new trace, as its first participant names it. */
function newTrace() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

/** Waits for the span of a call in a trace. */
async function callIn(traceId: string): Promise<SeenSpan> {
  const find = () => collector.spans.find((one) => one.traceId === traceId && one.kind === SERVER);
  await expect.poll(find, { timeout: 10_000 }).toBeDefined();
  return find()!;
}

const childrenOf = ({ spanId }: SeenSpan, kind = CLIENT) =>
  collector.spans.filter((one) => one.parentSpanId === spanId && one.kind === kind);

describe('the span of a call', () => {
  it('over REST has its route, and the request to the cluster below it', async () => {
    const { traceId, spanId, traceparent } = newTrace();
    const { status, body } = await api.run('k8s_get', NAMESPACES, { traceparent });
    expect(status).toBe(200);
    const call = await callIn(traceId);
    expect(call).toMatchObject({
      name: 'POST /engine/v1/tools/k8s/k8s_get/execute',
      parentSpanId: spanId,
      facts: {
        'http.request.method': 'POST',
        'http.route': '/engine/v1/tools/k8s/k8s_get/execute',
        'http.response.status_code': 200,
        'gen_ai.tool.name': 'k8s_get',
        'gen_ai.operation.name': 'execute_tool',
        'skyflo.door': 'rest',
        'skyflo.outcome': 'success',
        'skyflo.execution.id': body['execution_id'],
      },
    });
    expect(call.facts).not.toHaveProperty('error.type');
    expect(childrenOf(call)).toMatchObject([
      {
        name: 'GET /api/v1/namespaces',
        facts: {
          'http.request.method': 'GET',
          'http.response.status_code': 200,
          'server.address': expect.any(String) as string,
          'server.port': expect.any(Number) as number,
          'url.path': '/api/v1/namespaces',
          'skyflo.k8s.verb': 'list',
          'skyflo.k8s.resource': 'namespaces',
          'skyflo.k8s.context': expect.any(String) as string,
        },
      },
    ]);
    expect(collector.resource).toMatchObject({
      'service.name': 'skyflo-mcp',
      'deployment.environment.name': 'test',
    });
  });

  it.each(Object.entries(CLIENTS))('%s is that of its _meta', async (kind, connect) => {
    const client = await connect({ ...server, env });
    try {
      const { traceId, spanId, traceparent } = newTrace();
      await client.call('k8s_get', NAMESPACES, { meta: { traceparent, tracestate: 'a=b' } });
      const call = await callIn(traceId);
      expect(call).toMatchObject({
        name: 'tools/call k8s_get',
        parentSpanId: spanId,
        facts: {
          'mcp.method.name': 'tools/call',
          'mcp.protocol.version': client.protocolVersion(),
          'gen_ai.tool.name': 'k8s_get',
          'network.transport': kind.endsWith('stdio') ? 'pipe' : 'tcp',
          'jsonrpc.request.id': expect.any(String) as string,
        },
      });
      expect('mcp.session.id' in call.facts).toBe(kind === '2025 over Streamable HTTP');
      expect(childrenOf(call)).toMatchObject([{ facts: { 'url.path': '/api/v1/namespaces' } }]);
    } finally {
      await client.close();
    }
  });

  it('begins a trace where the traceparent is malformed', async () => {
    const given = '00-zz-1-01';
    const { headers } = await api.run('k8s_get', NAMESPACES, { traceparent: given });
    const id = headers.get('x-request-id');
    const line = () => server.log.find((one) => one.requestId === id && one.msg === 'call');
    await expect.poll(line).toBeDefined();
    const call = await callIn(line()!.trace_id!);
    expect(call.parentSpanId ?? '').toBe('');
  });

  it('prefers the trace of _meta, and links to that of HTTP', async () => {
    const [meta, http] = [newTrace(), newTrace()];
    const headers = { traceparent: http.traceparent };
    const client = await CLIENTS['2026 over Streamable HTTP']!({ ...server, headers });
    await client.call('k8s_get', NAMESPACES, { meta: { traceparent: meta.traceparent } });
    await client.close();
    const { links } = await callIn(meta.traceId);
    expect(links).toMatchObject([{ traceId: http.traceId, spanId: http.spanId }]);
  });

  it('covers an execution that its caller does not wait for', async () => {
    const { traceId, traceparent } = newTrace();
    const id = await api.start('wait_for_x_seconds', { seconds: 1 }, { traceparent });
    const call = await callIn(traceId);
    expect(call.facts).toMatchObject({
      'skyflo.execution.id': id,
      'http.response.status_code': 202,
    });
    expect(call.endMs - call.startMs).toBeGreaterThan(900);
  });
});

describe('the requests of programs', () => {
  it.each([
    [
      'kubectl describe',
      'k8s_describe',
      { resource_type: 'deployment', name: 'web', namespace: 'shop' },
    ],
    ['helm ', 'helm_install', { chart: './greeter', release_name: 'traced', dry_run: true }],
  ])('%s are below it, in the trace of the call', async (program, tool, args) => {
    const { traceId, traceparent } = newTrace();
    await api.run(tool, { namespace: own.name, ...args }, { traceparent });
    const call = await callIn(traceId);
    const [run] = childrenOf(call, INTERNAL).filter(({ name }) => name.startsWith(program));
    expect(run).toBeDefined();
    expect(childrenOf(run!).length).toBeGreaterThan(0);
  });
});

describe('a failure', () => {
  it('has the type of its error, on the call and on the request', async () => {
    const { traceId, traceparent } = newTrace();
    const args = { resource_type: 'pods', name: 'nowhere', namespace: own.name };
    await api.run('k8s_get', args, { traceparent });
    const call = await callIn(traceId);
    expect(call.facts).toMatchObject({
      'error.type': 'not_found',
      'http.response.status_code': 404,
      'skyflo.outcome': 'not_found',
    });
    expect(call.status).toEqual({ code: ERROR });
    expect(childrenOf(call).map(({ facts }) => facts['error.type'])).toContain('404');
  });

  it('over MCP is a tool_error, and an unknown tool a fault of the protocol', async () => {
    const client = await CLIENTS['2025 over Streamable HTTP']!(server);
    const [wrong, unknown] = [newTrace(), newTrace()];
    await client.call('k8s_get', {}, { meta: { traceparent: wrong.traceparent } });
    const meta = { traceparent: unknown.traceparent };
    await expect(client.call('sesame_open', {}, { meta })).rejects.toThrow();
    await client.close();
    expect((await callIn(wrong.traceId)).facts).toMatchObject({
      'error.type': 'tool_error',
      'skyflo.outcome': 'invalid_input',
    });
    const call = await callIn(unknown.traceId);
    expect(call).toMatchObject({ name: 'tools/call', facts: { 'error.type': '-32602' } });
    expect(JSON.stringify(call)).not.toContain('sesame');
  });
});

describe('the lines of the log', () => {
  it('have the ids of request and trace, and go to the collector', async () => {
    const { traceId, traceparent } = newTrace();
    await api.run('k8s_get', NAMESPACES, { traceparent, 'x-request-id': 'from-the-test' });
    const call = await callIn(traceId);
    const ids = { trace_id: traceId, span_id: call.spanId };
    const line = () => server.log.find(({ requestId }) => requestId === 'from-the-test');
    await expect.poll(line).toMatchObject({ msg: 'call', ...ids });
    const record = () => collector.records.find((one) => one.traceId === traceId);
    await expect.poll(record).toMatchObject({
      scope: 'ToolInvoker',
      body: 'call',
      severityText: 'INFO',
      spanId: call.spanId,
      facts: { tool: 'k8s_get', requestId: 'from-the-test', outcome: 'success' },
    });
  });

  it('go out beside the audit', async () => {
    await expect.poll(() => collector.records.map(({ scope }) => scope)).toContain('skyflo.audit');
  });
});

describe('the id of a request', () => {
  it('is in its answer and in its problem document', async () => {
    const { headers } = await api.run('k8s_get', NAMESPACES, { 'x-request-id': 'a-1' });
    expect(headers.get('x-request-id')).toBe('a-1');
    const refused = await api.run('k8s_get', {}, { 'x-request-id': 'a-2' });
    expect(refused.headers.get('x-request-id')).toBe('a-2');
    expect(refused.body['request_id']).toBe('a-2');
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const mcp = await fetch(`${server.url}/mcp`, { method: 'POST', body });
    expect(mcp.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('what is exported', () => {
  it('has metrics', async () => {
    const names = () => collector.metricNames;
    await expect.poll(names, { timeout: 10_000 }).toContain('otel.sdk.span.started');
  });

  it('never has a value of a Secret, an argument or a credential', async () => {
    const password = `pw-${randomBytes(12).toString('hex')}`;
    await own.kubectl('create', 'secret', 'generic', 'hidden', `--from-literal=key=${password}`);
    const args = { namespace: own.name, resource_type: 'secrets', name: 'hidden' };
    const { traceId, traceparent } = newTrace();
    await api.run('k8s_get', { ...args, output: 'yaml' }, { traceparent });
    const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'two' } };
    const content = JSON.stringify({ ...manifest, stringData: { key: password } });
    await api.run('k8s_apply', { namespace: own.name, content });
    await callIn(traceId);
    await api.run('k8s_describe', args);
    for (const value of [password, Buffer.from(password).toString('base64'), HIDDEN]) {
      expect(collector.spans.filter((one) => JSON.stringify(one).includes(value))).toEqual([]);
    }
    expect(collector.text).not.toContain(Buffer.from(password).toString('base64'));
    expect(collector.text.toLowerCase()).not.toContain('bearer');
  });
});
