import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertTests } from './support/alert-cases.js';
import { freePort } from './support/free-port.js';
import { CLIENTS } from './support/mcp-clients.js';
import { MetricText } from './support/metric-text.js';
import { alerts, ALERTS_FILE, dashboardExpressions, metricsIn } from './support/observability.js';
import {
  BUILD_TIMEOUT_MS,
  NO_PROMETHEUS,
  Prometheus,
  prometheusPrograms,
  promtool,
} from './support/prometheus.js';
import { testSandbox } from './support/sandbox.js';
import { EventReader } from './support/event-reader.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const CALLS = 'skyflo_tool_call_duration_seconds_count';
const OPERATIONS = 'mcp_server_operation_duration_seconds_count';
const REQUESTS = 'skyflo_cluster_request_duration_seconds_count';

let port: number;
const namespace = useNamespace('metrics');
const server = useServer({
  env: async () => ({ METRICS_PORT: String((port = await freePort())) }),
  defaults: { namespace: 'metrics' },
});

const scrape = () => MetricText.of(server.url);
/** Scrapes of the same second get the same text. */
const fresh = async () => {
  await new Promise((done) => setTimeout(done, 1_100));
  return scrape();
};

describe('calls', () => {
  it('are counted once each, at both doors, by tool and outcome', async () => {
    const before = await fresh();
    const texts: string[] = [];
    for (let index = 0; index < 3; index++) {
      texts.push(await server.textOf('k8s_get', { resource_type: 'configmaps' }));
    }
    await server.call('k8s_get', { resource_type: 'configmap', name: 'nope' });
    await server.call('k8s_get', { resource_type: 7, nonsense: true });
    await server.call('k8s_nonsense');
    const overMcp = await server.textOverMcp('k8s_get', { resource_type: 'configmaps' });
    await server.mcp.call('k8s_nonsense', {}).catch(() => undefined);
    const after = await fresh();
    const count = (gen_ai_tool_name: string, door: string, outcome: string) =>
      after.growth(before, CALLS, { gen_ai_tool_name, door, outcome });
    expect([
      count('k8s_get', 'rest', 'success'),
      count('k8s_get', 'rest', 'not_found'),
      count('k8s_get', 'rest', 'invalid_input'),
      count('_OTHER', 'rest', 'not_found'),
      count('k8s_get', 'mcp', 'success'),
      count('_OTHER', 'mcp', 'not_found'),
    ]).toEqual([3, 1, 1, 1, 1, 1]);
    expect(after.growth(before, CALLS)).toBe(8);
    expect(after.text).not.toContain('nonsense');
    const mcp = { gen_ai_tool_name: 'k8s_get', door: 'mcp' };
    const bytes = Buffer.byteLength(overMcp);
    expect(after.growth(before, 'skyflo_tool_answer_bytes_sum', mcp)).toBe(bytes);
    expect(after.growth(before, 'skyflo_tool_answer_tokens_total', mcp)).toBe(Math.ceil(bytes / 4));
  });

  it('of MCP are operations of the conventions of OpenTelemetry, as are the rest of its requests', async () => {
    const before = await fresh();
    for (const kind of Object.keys(CLIENTS).filter((name) => !name.endsWith('stdio'))) {
      const client = await CLIENTS[kind]!(server);
      await client.listTools();
      await client.call('k8s_get', { resource_type: 'configmaps', namespace: 'metrics' });
      await client.call('k8s_get', {
        resource_type: 'configmap',
        name: 'no',
        namespace: 'metrics',
      });
      await client.call('k8s_nonsense', {}).catch(() => undefined);
      await client.close();
    }
    const after = await fresh();
    const count = (labels: Record<string, string>) => after.growth(before, OPERATIONS, labels);
    const call = { mcp_method_name: 'tools/call', network_transport: 'tcp' };
    const get = { ...call, gen_ai_tool_name: 'k8s_get' };
    expect([
      count({ mcp_method_name: 'initialize' }),
      count({ mcp_method_name: 'notifications/initialized' }),
      count({ mcp_method_name: 'server/discover' }),
      count({ mcp_method_name: 'tools/list' }),
      count(get),
      count({ ...get, error_type: 'tool_error' }),
      count({ ...call, gen_ai_tool_name: '_OTHER', error_type: '-32602' }),
    ]).toEqual([2, 2, 1, 3, 6, 3, 3]);
  });
});

describe('requests to clusters', () => {
  it('are counted with what they are answered, those of kubectl too', async () => {
    const context = (await namespace.kubectl('config', 'current-context')).trim();
    const before = await fresh();
    await server.textOf('k8s_get', { resource_type: 'configmaps' });
    await server.call('k8s_get', { resource_type: 'configmap', name: 'nope' });
    const between = await fresh();
    const lists = { verb: 'list', code: '200', context };
    expect(between.growth(before, REQUESTS, lists)).toBeGreaterThanOrEqual(1);
    expect(between.growth(before, REQUESTS, { verb: 'get', code: '404' })).toBeGreaterThanOrEqual(
      1,
    );
    expect(
      between.growth(before, 'skyflo_gate_decisions_total', {
        decision: 'allowed',
        effect: 'read',
      }),
    ).toBeGreaterThanOrEqual(2);
    // `kubectl describe` is started for this.
    await server.textOf('k8s_describe', { resource_type: 'serviceaccount', name: 'default' });
    const after = await fresh();
    expect(after.growth(between, REQUESTS, { verb: 'get', code: '200' })).toBeGreaterThanOrEqual(1);
    await server.textOf('k8s_apply', { content: configMap('counted') });
    expect(
      (await fresh()).growth(after, 'skyflo_gate_decisions_total', {
        decision: 'allowed',
        effect: 'update',
      }),
    ).toBeGreaterThanOrEqual(1);
    expect(after.sum('skyflo_context_up', { context })).toBe(1);
  });
});

describe('what is there at the moment', () => {
  it('is shown as long as it is', async () => {
    const url = `${server.url}/engine/v1/tools/k8s/wait_for_x_seconds/execute`;
    const headers = { 'content-type': 'application/json' };
    const stream = await EventReader.open(url, { method: 'POST', headers, body: '{"seconds":60}' });
    const client = await CLIENTS['2025 over HTTP+SSE']!(server);
    const now = await fresh();
    expect(now.sum('skyflo_executions_idle', { category: 'k8s' })).toBe(1);
    expect(now.sum('skyflo_executions_running')).toBe(0);
    expect(now.labelValues('skyflo_executions_waiting', 'category')).toEqual(
      new Set(['argo', 'helm', 'k8s']),
    );
    expect(now.sum('skyflo_mcp_sessions', { transport: 'sse' })).toBe(1);
    expect(now.sum('skyflo_open_streams')).toBeGreaterThanOrEqual(2);
    stream.close();
    await client.close();
    await expect
      .poll(async () => (await fresh()).sum('skyflo_open_streams'), { timeout: 20_000 })
      .toBeLessThan(now.sum('skyflo_open_streams') - 1);
    expect((await scrape()).sum('skyflo_mcp_sessions', { transport: 'sse' })).toBe(0);
  });

  it('has the store, the build, the policy and the event loop', async () => {
    const now = await fresh();
    expect(now.sum('skyflo_store_up', { part: 'executions' })).toBe(1);
    expect(now.sum('skyflo_store_up', { part: 'audit' })).toBe(1);
    expect(now.sum('skyflo_store_file_bytes')).toBeGreaterThan(10_000);
    expect(now.sum('skyflo_store_limit_bytes')).toBe(1_024 * 1_024 * 1_024);
    expect(now.sum('skyflo_build_info')).toBe(1);
    expect(now.sum('skyflo_policy_in_force')).toBe(1);
    expect(now.sum('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });
});

describe.skipIf(NO_PROMETHEUS)(`Prometheus${NO_PROMETHEUS ? ` (${NO_PROMETHEUS})` : ''}`, () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    await prometheusPrograms();
    prometheus = await Prometheus.start(`127.0.0.1:${port}`, resolve(ALERTS_FILE));
  }, BUILD_TIMEOUT_MS);
  afterAll(() => prometheus?.stop());

  it('has the figures of the server', async () => {
    const before = (await prometheus.value(`sum(${CALLS})`)) ?? 0;
    for (let index = 0; index < 5; index++) {
      await server.textOf('k8s_get', { resource_type: 'configmaps' });
      await server.textOverMcp('k8s_get', { resource_type: 'configmaps' });
    }
    await expect.poll(() => prometheus.value(`sum(${CALLS})`)).toBe(before + 10);
    const own = await fresh();
    expect(await prometheus.value('sum(skyflo_tool_answer_tokens_total)')).toBe(
      own.sum('skyflo_tool_answer_tokens_total'),
    );
  });

  it('takes every expression of the dashboard and of the alerts, over metrics that there are', async () => {
    const names = (await fresh()).names;
    for (const expression of [...dashboardExpressions(), ...alerts().map(({ expr }) => expr)]) {
      const unknown = metricsIn(expression)
        .map((name) => name.replace(/_(bucket|count|sum)$/, ''))
        .filter((name) => !names.has(name));
      expect(unknown, expression).toEqual([]);
      await expect(prometheus.query(expression), expression).resolves.toBeInstanceOf(Array);
    }
  });

  it('gives something for every panel that does not ask for failures', async () => {
    const asked = dashboardExpressions().filter(
      (expression) => !/!=|!~|failures/.test(expression) || /verb!=/.test(expression),
    );
    expect(asked.length).toBeGreaterThan(20);
    await expect
      .poll(
        async () => {
          const found = await Promise.all(asked.map((expression) => prometheus.query(expression)));
          return asked.filter((_, index) => found[index]!.length === 0);
        },
        { timeout: 60_000 },
      )
      .toEqual([]);
  });

  it('evaluates the alerts, of which none fires', async () => {
    const names = alerts().map(({ alert }) => alert);
    await expect
      .poll(async () => [...(await prometheus.rules())].map(([name, { health }]) => [name, health]))
      .toEqual(names.map((name) => [name, 'ok']));
    expect(await prometheus.query('ALERTS{alertstate="firing"}')).toEqual([]);
  });

  it('fires each alert for what it is about, and no other', async () => {
    const folder = join(testSandbox().folder, `alerts-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'alerts.test.json');
    writeFileSync(file, JSON.stringify(alertTests(resolve(ALERTS_FILE))));
    expect(await promtool('check', 'rules', ALERTS_FILE)).toContain('SUCCESS');
    expect(await promtool('test', 'rules', file)).toContain('SUCCESS');
  });
});

function configMap(name: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { a: 'b' },
  });
}
