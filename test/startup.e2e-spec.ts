import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer } from './support/server.js';

describe('starting', () => {
  it('refuses an address that others can reach, unless told that nobody is asked who they are', async () => {
    const closed = { HOST: '0.0.0.0', AUTH: '', XDG_STATE_HOME: testSandbox().folder };
    await expect(startServer(closed)).rejects.toThrow('AUTH=none');
    const server = await startServer({ HOST: '0.0.0.0', AUTH: 'none' });
    await server.stop();
  });

  it.each([
    ['PORT', 'eighty'],
    ['AUTH', 'maybe'],
    ['MAX_OUTPUT_CHARS', '-5'],
    ['MAX_ERROR_CHARS', '999'],
    ['MAX_RUNNING_BY_CATEGORY', 'helm'],
    ['EXECUTIONS_FILE', '/dev/null/executions.db'],
    ['DATABASE_URL', 'postgres://127.0.0.1:1/executions'],
  ])('refuses %s=%s and names it', async (name, value) => {
    await expect(startServer({ [name]: value })).rejects.toThrow(name);
  });

  it('remembers executions in a file that only its owner may read', async () => {
    const file = join(testSandbox().folder, 'private', 'executions.db');
    const server = await startServer({ EXECUTIONS_FILE: file });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await server.stop();
  });

  it('keeps what it has compiled for its next start', async () => {
    const XDG_CACHE_HOME = join(testSandbox().folder, 'cache');
    // Unset: the server then decides.
    const server = await startServer({ XDG_CACHE_HOME, NODE_COMPILE_CACHE: '' });
    await server.stop();
    const kept = await readdir(join(XDG_CACHE_HOME, 'skyflo-mcp/compile'), { recursive: true });
    expect(kept.length).toBeGreaterThan(1);
  });

  it('works without a kubeconfig, and says how to configure one', async () => {
    const server = await startServer({ KUBECONFIG: '/nowhere/kubeconfig' });
    expect(await execute(server.url, 'wait_for_x_seconds', { seconds: 0 })).toMatchObject({
      status: 200,
    });
    const { status, body } = await execute(server.url, 'k8s_get', { resource_type: 'pods' });
    expect(status).toBe(503);
    expect(body.detail).toContain('KUBECONFIG');
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
    await server.stop();
  });

  it('works without kubectl, and lists the tools that need it as not available', async () => {
    const server = await startServer({ PATH: dirnameOf(process.execPath) });
    const tool = (await (
      await fetch(`${server.url}/engine/v1/tools/k8s/k8s_describe`)
    ).json()) as object;
    expect(tool).toMatchObject({
      available: false,
      unavailable_reason: expect.stringContaining('kubectl'),
    });
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toMatchObject({
      status: 'degraded',
    });
    const args = { name: 'web', resource_type: 'deploy', namespace: 'shop' };
    expect(await execute(server.url, 'k8s_describe', args)).toMatchObject({
      status: 503,
      body: { retryable: false },
    });
    expect(await execute(server.url, 'k8s_get', { resource_type: 'pods' })).toMatchObject({
      status: 200,
    });
    await server.stop();
  });

  it('ends in good order when asked to', async () => {
    const server = await startServer();
    expect(await server.stop('SIGTERM')).toBe(0);
  });

  it('cuts an answer that is longer than its limit, and says so', async () => {
    const server = await startServer({ MAX_OUTPUT_CHARS: '1000' });
    const { body } = await execute(server.url, 'k8s_get', {
      resource_type: 'pods',
      all_namespaces: true,
      output: 'yaml',
    });
    expect(body.result?.length).toBeLessThanOrEqual(1_000);
    expect(body.result).toMatch(/cut/i);
    await server.stop();
  });
});

function dirnameOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
