import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from './support/access-doors.js';
import { freePort } from './support/free-port.js';
import { bearer, CLIENTS } from './support/mcp-clients.js';
import { MetricText } from './support/metric-text.js';
import { testSandbox } from './support/sandbox.js';
import { SERVER_BIN } from './support/server-process.js';
import { startServer, type RunningServer } from './support/server.js';
import { SlowClient } from './support/slow-client.js';

/** Nobody may do anything but look at one namespace. */
const POLICY = `
rules:
  - name: one-namespace
    allow: { effects: [read] }
    where: { namespaces: [default] }
`;

const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

let server: RunningServer;
let key: string;
let port: number;
let settings: Record<string, string>;

beforeAll(async () => {
  port = await freePort();
  const file = join(testSandbox().folder, `metrics-policy-${process.pid}.yaml`);
  writeFileSync(file, POLICY);
  settings = { AUTH: '', XDG_STATE_HOME: join(testSandbox().folder, `metrics-${process.pid}`) };
  key = newKey(settings, 'scraper', []);
  const own = { POLICY_FILE: file, METRICS_PORT: String(port), SHUTDOWN_GRACE_SECONDS: '1' };
  server = await startServer({ ...settings, ...own });
});
afterAll(() => server.stop());

const own = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);

function get(namespace: string): Promise<Response> {
  const body = JSON.stringify({ resource_type: 'secrets', namespace });
  const headers = { 'content-type': 'application/json', ...bearer(key) };
  const path = '/engine/v1/tools/k8s/k8s_get/execute';
  return fetch(server.url + path, { method: 'POST', headers, body });
}

describe('/metrics on the port of the server', () => {
  it('is for whoever has a credential, whatever the policy says', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    const answer = await fetch(`${server.url}/metrics`, { headers: bearer(key) });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
  });

  it('counts what the policy refuses, and tells neither who, nor what of', async () => {
    expect((await get('default')).status).toBe(200);
    const before = await MetricText.of(server.url, bearer(key));
    expect((await get('kube-system')).status).toBe(403);
    await new Promise((done) => setTimeout(done, 1_100));
    const after = await MetricText.of(server.url, bearer(key));
    const forbidden = { gen_ai_tool_name: 'k8s_get', outcome: 'forbidden' };
    expect(after.growth(before, 'skyflo_tool_call_duration_seconds_count', forbidden)).toBe(1);
    const refused = { decision: 'refused', effect: 'read' };
    expect(after.growth(before, 'skyflo_gate_decisions_total', refused)).toBeGreaterThanOrEqual(1);
    for (const secret of ['scraper', 'kube-system', 'secrets', key]) {
      expect(after.text).not.toContain(secret);
    }
  });

  it('is OpenMetrics for whoever prefers that', async () => {
    const headers = { ...bearer(key), accept: OPEN_METRICS };
    const answer = await fetch(`${server.url}/metrics`, { headers });
    expect(answer.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1/);
    expect(await answer.text()).toMatch(/# EOF\n$/);
  });
});

describe('METRICS_PORT', () => {
  it('serves metrics and health to everybody, and nothing else', async () => {
    expect(await (await own('/metrics?x=1')).text()).toContain('skyflo_build_info{');
    expect(await (await own('/health')).json()).toEqual({ status: 'ok' });
    const paths = ['/', '/docs', '/mcp', '/engine/v1/tools', '/health/ready', '/metrics/x'];
    const statuses = await Promise.all(paths.map(async (path) => (await own(path)).status));
    expect(statuses).toEqual(paths.map(() => 404));
    expect((await own('/metrics', { method: 'POST' })).status).toBe(405);
    const head = await own('/metrics', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is not held up by scrapes that are not read, nor holds up calls', async () => {
    const slow = Array.from({ length: 45 }, () =>
      SlowClient.send(`http://127.0.0.1:${port}`, '/metrics'),
    );
    expect((await own('/metrics')).status).toBe(200);
    expect((await get('default')).status).toBe(200);
    for (const client of slow) await client.readTo('# HELP');
  });

  it('is closed with the server, and stops the start of another one that wants it', async () => {
    const env = { ...process.env, ...testSandbox().env, ...settings, METRICS_PORT: String(port) };
    const second = spawnSync(SERVER_BIN, [], { env: { ...env, PORT: '0' }, encoding: 'utf8' });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(
      `METRICS_PORT=${port} cannot be listened on at 127.0.0.1: another program has that port.`,
    );
    const third = await startServer({ METRICS_PORT: String(await freePort()) });
    const [url = ''] = third.log.flatMap(({ msg }) => /Metrics on (\S+)/.exec(msg)?.[1] ?? []);
    expect((await fetch(url)).status).toBe(200);
    expect(await third.stop()).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('works over stdio', async () => {
    const other = await freePort();
    const env = { METRICS_PORT: String(other) };
    for (const kind of ['2025 over stdio', '2026 over stdio']) {
      const client = await CLIENTS[kind]!({ url: '', log: [], env });
      await client.listTools();
      await client.call('k8s_get', { resource_type: 'namespaces' });
      const now = await MetricText.of(`http://127.0.0.1:${other}`);
      await client.close();
      const operations = 'mcp_server_operation_duration_seconds_count';
      const pipe = { network_transport: 'pipe' };
      expect(now.sum(operations, { ...pipe, gen_ai_tool_name: 'k8s_get' })).toBe(1);
      expect(now.sum(operations, { ...pipe, mcp_method_name: 'tools/list' })).toBe(1);
      expect(now.sum('skyflo_tool_call_duration_seconds_count', { door: 'stdio' })).toBe(1);
      expect(now.sum('skyflo_mcp_sessions', { transport: 'stdio' })).toBe(1);
    }
  });
});
