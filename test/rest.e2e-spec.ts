import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { outcomesOf } from './support/call-log.js';
import { execute, readJson, send, type ListedTool } from './support/rest.js';
import { useServer } from './support/use-server.js';

const server = useServer();

const read = (path: string) => readJson(server.url + path);
const toolsAt = async (path: string) => (await read(path)).body['tools'] as ListedTool[];
const executePath = '/engine/v1/tools/k8s/k8s_get/execute';

describe('listing tools', () => {
  it('lists every tool with its parameters', async () => {
    const tools = await toolsAt('/engine/v1/tools');
    expect(tools.map(({ name }) => name)).toContain('k8s_get');
    const get = tools.find(({ name }) => name === 'k8s_get');
    expect(get).toMatchObject({
      title: 'Get Kubernetes Resources',
      category: 'k8s',
      tags: ['k8s'],
      return_type: 'string',
      available: true,
      approval_required: false,
    });
    expect(get?.parameters[0]).toMatchObject({
      name: 'resource_type',
      type: 'string',
      required: true,
      allow_null: false,
    });
  });

  it.each([
    ['?category=kubernetes', ['k8s']],
    ['?tag=metrics', ['k8s']],
    ['?q=rollout', ['argo', 'k8s']],
    ['/kubernetes', ['k8s']],
    ['/k8s/', ['k8s']],
  ])('narrows by %s', async (path, categories) => {
    const tools = await toolsAt(`/engine/v1/tools${path}`);
    expect(tools.length).toBeGreaterThan(0);
    expect([...new Set(tools.map(({ category }) => category))]).toEqual(categories);
  });

  it('asks approval for every tool that is not read-only', async () => {
    for (const tool of await toolsAt('/engine/v1/tools')) {
      expect(tool.approval_required).toBe(!tool.annotations.readOnlyHint);
    }
  });

  it('names the categories', async () => {
    expect((await read('/engine/v1/tools/categories')).body).toContain('k8s');
  });

  it.each(['/engine/v1/tools', '/engine/v1/tools?q=rollout', '/mcp/v1/tools/k8s'])(
    'need not be sent again to those who have it: %s',
    async (path) => {
      const first = await fetch(server.url + path);
      const etag = first.headers.get('etag') ?? '';
      expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/)]);
      const again = (tags: string) =>
        fetch(server.url + path, { headers: { 'if-none-match': tags } });
      const known = await again(`"other", W/${etag}`);
      expect([known.status, await known.text()]).toEqual([304, '']);
      expect((await again('"other"')).status).toBe(200);
    },
  );

  it('gives one tool', async () => {
    const { body } = await read('/engine/v1/tools/kubernetes/k8s_logs');
    expect(body).toMatchObject({ name: 'k8s_logs', input_schema: { additionalProperties: false } });
  });

  it.each(['/engine/v1/tools/nope', '/engine/v1/tools/k8s/nope', '/engine/v1/nope', '/nope'])(
    'answers 404 for %s',
    async (path) => {
      const { status, body } = await read(path);
      expect(status).toBe(404);
      expect(body).toMatchObject({ code: 'not_found', status: 404 });
    },
  );

  it.each([
    ['/engine/v1/tools/k8s/k8s_gett', 'There is no tool "k8s_gett". Nearest: k8s_get.'],
    ['/mcp/v1/tools/k8s/k8s_gett', 'There is no tool "k8s_gett". Nearest: k8s_get.'],
    ['/engine/v1/tools/k8s/nope', 'There is no tool "nope". GET /engine/v1/tools lists them.'],
  ])('names the nearest tools for %s', async (path, detail) => {
    expect((await read(path)).body).toMatchObject({ detail });
  });

  it('refuses a query that it does not know', async () => {
    const { status, body } = await read('/engine/v1/tools?readonly=true');
    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ field: 'readonly' }] });
  });
});

describe('running a tool', () => {
  it('answers with text and the id of the run', async () => {
    const { status, body } = await execute(server.url, 'k8s_get', { resource_type: 'ns' });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'success',
      result: expect.stringContaining('shop'),
      execution_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('adds data when asked for', async () => {
    const { body } = await execute(server.url, 'k8s_cluster_info', {}, { query: '?data=true' });
    expect(body.data).toMatchObject({ nodes: { total: 3 } });
  });

  it('answers with the text alone when asked for it', async () => {
    const response = await fetch(server.url + executePath, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/plain' },
      body: '{"resource_type":"nodes"}',
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toMatch(/^NAME +STATUS/);
  });

  it('names the nearest tools for a name that none has', async () => {
    expect(await execute(server.url, 'k8s_gett', {})).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'There is no tool "k8s_gett". Nearest: k8s_get.' },
    });
  });

  it('takes no body for a tool without required parameters', async () => {
    const url = `${server.url}/engine/v1/tools/k8s/k8s_cluster_info/execute`;
    expect(await send(url, undefined)).toMatchObject({ status: 200 });
  });

  it('ends the work when the caller hangs up', async () => {
    const url = `${server.url}/engine/v1/tools/k8s/wait_for_x_seconds/execute`;
    await expect(
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"seconds":60}',
        signal: AbortSignal.timeout(1_000),
      }),
    ).rejects.toThrow();
    await expect.poll(() => outcomesOf(server.log, 'wait_for_x_seconds')).toEqual(['cancelled']);
  });
});

describe('bad input', () => {
  it.each([
    [{}, 'resource_type'],
    [{ resource_type: 5 }, 'resource_type'],
    [{ resource_type: 'pods', all_namespaces: 'maybe' }, 'all_namespaces'],
    [{ resource_type: 'pods', namespace: '-A' }, 'namespace'],
    [{ resource_type: 'pods', namespace: '../kube-system' }, 'namespace'],
    [{ resource_type: 'pods', name: '--all' }, 'name'],
    [{ resource_type: 'pods', name: 'a'.repeat(300) }, 'name'],
    [{ resource_type: 'pods', name: 'naïve' }, 'name'],
    [{ resource_type: 'pods', name: 'a/../../b' }, 'name'],
    [{ resource_type: 'pods', ns: 'shop' }, 'ns'],
    [{ resource_type: 'pods', ['__proto__']: {} }, undefined],
  ])('says which parameter is wrong in %o, and what is right', async (args, field) => {
    const { status, body, headers } = await execute(server.url, 'k8s_get', args);
    if (field === undefined) return expect(status).toBeLessThan(500);
    expect(status).toBe(422);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.errors).toContainEqual({
      field,
      message: expect.any(String),
      accepts: expect.any(String),
    });
  });

  it.each(['[1]', '"pods"', '7', 'true'])('refuses the body %s', async (body) => {
    const answer = await send(server.url + executePath, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  });

  it('answers 400 to a body that is not JSON', async () => {
    const answer = await send(server.url + executePath, '{"resource_type":');
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
  });

  it('answers 413 to a body over the limit', async () => {
    const answer = await send(
      server.url + executePath,
      JSON.stringify({ name: 'x'.repeat(17 * 1024 * 1024) }),
    );
    expect(answer).toMatchObject({ status: 413, body: { code: 'invalid_input' } });
  });

  it('answers 415 to another content type', async () => {
    const answer = await send(server.url + executePath, 'resource_type=pods', {
      'content-type': 'text/plain',
    });
    expect(answer).toMatchObject({ status: 415, body: { code: 'invalid_input' } });
  });

  it.each([
    ['host', 'evil.example'],
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
  ])('refuses a foreign %s (%s)', async (header, value) => {
    const status = await new Promise((resolve, reject) => {
      request(`${server.url}/engine/v1/tools`, { headers: { [header]: value } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe('health', () => {
  it('is alive and ready', async () => {
    expect(await read('/health')).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await read('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', missing: [] },
    });
  });
});
