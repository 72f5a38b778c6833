import { describe, expect, it } from 'vitest';
import { execute, readJson, type ListedTool } from './support/rest.js';
import { useServer } from './support/use-server.js';

const server = useServer();

const read = (path: string) => readJson(server.url + path);

describe('/mcp/v1, for older Engines', () => {
  it('is healthy', async () => {
    expect((await read('/mcp/v1/health')).body).toEqual({ status: 'healthy' });
  });

  it('gives the parameter "name" its alias', async () => {
    const { body } = await read('/mcp/v1/tools/kubernetes/k8s_describe');
    const { parameters } = body as unknown as ListedTool;
    expect(parameters.map(({ name, aliases }) => [name, aliases])).toEqual([
      ['name', ['resource_name']],
      ['resource_type', []],
      ['namespace', []],
    ]);
  });

  it('answers with approval_required, nulls and all', async () => {
    const args = {
      resource_type: 'ns',
      name: null,
      all_namespaces: false,
      namespace: null,
      output: null,
    };
    const { body } = await execute(server.url, 'k8s_get', args, {
      base: '/mcp/v1',
      category: 'kubernetes',
    });
    expect(body).toMatchObject({ status: 'success', approval_required: null });
  });

  it('does not wait itself', async () => {
    const startedAt = Date.now();
    const { status } = await execute(
      server.url,
      'wait_for_x_seconds',
      { seconds: 120 },
      { base: '/mcp/v1' },
    );
    expect(status).toBe(200);
    expect(Date.now() - startedAt).toBeLessThan(30_000);
  });
});
