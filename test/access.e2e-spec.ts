import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLER_RULES, CALLERS } from './support/access-callers.js';
import { newKey } from './support/access-doors.js';
import { bearer } from './support/mcp-clients.js';
import { categoryOf } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { SERVER_BIN } from './support/server-process.js';
import { startServer, type RunningServer } from './support/server.js';

const keys = new Map<string, string>();
let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = join(testSandbox().folder, `access-${process.pid}`);
  const env = access();
  for (const [name, options] of Object.entries(CALLERS)) keys.set(name, newKey(env, name, options));
  const file = join(testSandbox().folder, `policy-${process.pid}.yaml`);
  writeFileSync(file, CALLER_RULES);
  server = await startServer({ ...env, POLICY_FILE: file });
});
afterAll(() => server.stop());

/** The settings of a server that lets nobody in without a proof. */
function access(): Record<string, string> {
  return { AUTH: '', XDG_STATE_HOME: folder };
}

interface Sent extends RequestInit {
  headers?: Record<string, string>;
}

function fetchAs(who: string, path: string, init: Sent = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...bearer(keys.get(who) ?? who) };
  return fetch(`${server.url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
}

interface Told {
  code?: string;
  detail?: string;
  execution_id?: string;
}

async function call(who: string, tool: string, args: object, headers = {}): Promise<Told> {
  const path = `/engine/v1/tools/${categoryOf(tool)}/${tool}/execute`;
  const init = { method: 'POST', body: JSON.stringify(args), headers };
  return (await (await fetchAs(who, path, init)).json()) as Told;
}

describe('a refusal', () => {
  it('names the rule, or says that there is none', async () => {
    expect((await call('scaler', 'k8s_logs', { pod_name: 'web' })).detail).toContain(
      'no-logs-for-scalers',
    );
    const args = { name: 'web', resource_type: 'deployment', namespace: 'shop', dry_run: true };
    expect((await call('reader', 'k8s_delete', args)).detail).toMatch(/^No rule|no rule/);
  });

  it('says which scope a token lacks (RFC 6750, 3.1)', async () => {
    const path = '/engine/v1/tools/k8s/k8s_scale/execute';
    const args = { name: 'web', resource_type: 'deployment', namespace: 'shop', replicas: 1 };
    const init = { method: 'POST', body: JSON.stringify({ ...args, dry_run: true }) };
    const answer = await fetchAs('operator with a token for reading', path, init);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /error="insufficient_scope".*scope="skyflo:read skyflo:write"/,
    );
  });
});

describe('the audit', () => {
  it('is for those whose credential names the scope', async () => {
    const auditor = newKey(access(), 'auditor', ['--scopes', 'skyflo:audit']);
    const status = async (who: string) => (await fetchAs(who, '/engine/v1/audit')).status;
    await expect.poll(() => status(auditor)).toBe(200);
    expect([await status('reader'), await status('operator')]).toEqual([403, 403]);
  });
});

describe('without a proof', () => {
  it.each([
    ['no credential', {}],
    ['a key of another server', bearer(`skyflo_${'A'.repeat(12)}_${'b'.repeat(43)}`)],
    ['a key that is cut', bearer('skyflo_x')],
    ['a token of nobody', bearer('abc.def.ghi')],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a token of 1 MB', bearer('a'.repeat(14_000))],
  ])('nothing is served: %s', async (_what, headers) => {
    for (const path of ['/engine/v1/tools', '/engine/v1/executions', '/mcp', '/sse', '/nothing']) {
      const answer = await fetch(`${server.url}${path}`, { headers });
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="skyflo-mcp"/);
    }
  });

  it('a token in the address is not taken', async () => {
    const key = keys.get('reader')!;
    for (const name of ['access_token', 'token']) {
      const answer = await fetch(`${server.url}/engine/v1/tools?${name}=${key}`);
      expect([name, answer.status]).toEqual([name, 401]);
    }
  });

  it('probes and the description of the server are served', async () => {
    for (const path of ['/health', '/mcp/v1/health', '/openapi.json', '/docs']) {
      expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 200]);
    }
  });
});

describe('what belongs to a principal', () => {
  it('is not found by another: executions, their output and events, cancels', async () => {
    const { execution_id: id } = await call(
      'operator',
      'wait_for_x_seconds',
      { seconds: 60 },
      { prefer: 'respond-async' },
    );
    const path = `/engine/v1/executions/${id}`;
    for (const [method, at] of [
      ['GET', path],
      ['GET', `${path}/output`],
      ['GET', `${path}/events`],
      ['DELETE', path],
    ] as const) {
      const { status } = await fetchAs('reader', at, { method });
      expect([method, at, status]).toEqual([method, at, 404]);
    }
    for (const tool of ['execution_status', 'execution_wait', 'execution_cancel']) {
      const { code } = await call('reader', tool, { execution_id: id });
      expect([tool, code]).toEqual([tool, 'not_found']);
    }
    const { executions } = (await (await fetchAs('reader', '/engine/v1/executions')).json()) as {
      executions: { id: string }[];
    };
    expect(executions.map((one) => one.id)).not.toContain(id);
    expect((await fetchAs('operator', path)).status).toBe(202);
    expect((await fetchAs('operator', path, { method: 'DELETE' })).status).toBe(200);
  });

  it('has its own idempotency keys', async () => {
    const key = { 'idempotency-key': 'the-same' };
    const args = { name: 'web', resource_type: 'deployment', namespace: 'shop', replicas: 1 };
    const ids = await Promise.all(
      ['operator', 'scaler'].map(async (who) => {
        const told = await call(who, 'k8s_scale', { ...args, dry_run: true }, key);
        return told.execution_id;
      }),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('is a session: that of another is not found', async () => {
    const initialize = {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'test', version: '1' },
      },
    };
    const accept = { accept: 'application/json, text/event-stream' };
    const post = (who: string, body: object, headers = {}) =>
      fetchAs(who, '/mcp', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { ...accept, ...headers },
      });
    const session = (await post('operator', initialize)).headers.get('mcp-session-id')!;
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const inIt = { 'mcp-session-id': session };
    expect((await post('reader', list, inIt)).status).toBe(404);
    expect((await post('operator', list, inIt)).status).toBe(200);
  });
});

it('takes a new key, and refuses a revoked one, without a restart', async () => {
  const key = newKey(access(), 'late', []);
  const status = async () => (await fetchAs(key, '/engine/v1/tools')).status;
  await expect.poll(status).toBe(200);
  const id = key.split('_')[1]!;
  const env = { ...process.env, ...access(), KUBECONFIG: 'none' };
  execFileSync(SERVER_BIN, ['key', 'revoke', id], { env, stdio: 'pipe' });
  await expect.poll(status).toBe(401);
});

it('does not listen where others reach it and nobody can prove anything', async () => {
  const env = { AUTH: '', HOST: '0.0.0.0', XDG_STATE_HOME: join(folder, 'nobody') };
  await expect(startServer(env)).rejects.toThrow('skyflo-mcp key new');
});
