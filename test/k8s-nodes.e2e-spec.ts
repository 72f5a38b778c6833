import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const node_name = 'node-3';

let server: RunningServer;
let mcp: McpClient;
beforeAll(async () => {
  server = await startServer();
  mcp = await CLIENTS['2025 over Streamable HTTP']!(server);
});
afterAll(async () => {
  await mcp.close();
  await server.stop();
  await kubectl('uncordon', node_name);
});

const textOf = async (tool: string, args: Record<string, unknown>): Promise<string> => {
  const { status, body } = await execute(server.url, tool, args);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
};
const isCordoned = async () =>
  (await kubectl('get', 'node', node_name, '-o', 'jsonpath={.spec.unschedulable}')) === 'true';

describe('k8s_cordon and k8s_uncordon', () => {
  it('keep new pods off a node and let them on again', async () => {
    const cordoned = await textOf('k8s_cordon', { node_name });
    expect(cordoned).toMatch(/^node\/node-3 cordoned\n/);
    expect(cordoned).toContain('+  unschedulable: true');
    expect(await isCordoned()).toBe(true);
    expect(await textOf('k8s_cordon', { node_name })).toBe('node/node-3 already cordoned');
    const { content } = await mcp.call('k8s_uncordon', { node_name });
    expect(content[0]?.text).toMatch(/^node\/node-3 uncordoned\n/);
    expect(await isCordoned()).toBe(false);
    expect(await textOf('k8s_uncordon', { node_name })).toBe('node/node-3 already uncordoned');
  });

  it('change nothing in a dry run', async () => {
    const { content } = await mcp.call('k8s_cordon', { node_name, dry_run: true });
    expect(content[0]?.text).toMatch(/cordoned \(dry run: nothing was changed\)/);
    expect(await isCordoned()).toBe(false);
  });

  it('name the nearest nodes when one is unknown', async () => {
    expect(await execute(server.url, 'k8s_cordon', { node_name: 'node3' })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: expect.stringContaining('node-3') },
    });
    expect(await execute(server.url, 'k8s_uncordon', { node_name: 'somewhere' })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('k8s_get') },
    });
  });
});
