import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxAccess, writeKubeconfig } from './support/kubeconfig.js';
import { CLIENTS } from './support/mcp-clients.js';
import { categoryOf, execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

/** A way to the sandbox's API server that counts what is sent through it. */
interface Way {
  server: Server;
  url: string;
  sent: number;
}

/** The tools that need no cluster. */
const WITHOUT_CLUSTER = [
  'wait_for_x_seconds',
  'k8s_port_forward_list',
  'k8s_port_forward_stop',
  'helm_repo_add',
  'helm_repo_update',
  'helm_repo_remove',
  'helm_show_values',
  'helm_search_repo',
  'helm_template',
  'execution_status',
  'execution_wait',
  'execution_cancel',
];

let server: RunningServer;
let ways: Way[];
beforeAll(async () => {
  const { cluster, user } = await sandboxAccess();
  ways = await Promise.all([openWay(cluster.server), openWay(cluster.server)]);
  const names = ['blue', 'green'];
  const kubeconfig = await writeKubeconfig({
    clusters: ways.map(({ url }, index) => ({
      name: names[index],
      cluster: { ...cluster, server: url },
    })),
    users: [{ name: 'admin', user }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'admin' } })),
    'current-context': 'blue',
  });
  server = await startServer({ KUBECONFIG: kubeconfig });
});
afterAll(async () => {
  await server.stop();
  for (const { server: way } of ways) way.close();
});

async function openWay(target: string): Promise<Way> {
  const { hostname, port } = new URL(target);
  const way: Way = { server: createServer(), url: '', sent: 0 };
  way.server.on('connection', (client) => {
    const upstream = connect(Number(port), hostname);
    client.on('data', (chunk) => (way.sent += chunk.length));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      socket.on('error', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => way.server.listen(0, '127.0.0.1', resolve));
  way.url = `https://127.0.0.1:${(way.server.address() as AddressInfo).port}`;
  return way;
}

/** The example of each tool, as the OpenAPI document has it. */
async function examplesOf(tools: readonly string[]): Promise<[name: string, example: object][]> {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<
      string,
      { post: { requestBody: { content: Record<string, { example: object }> } } }
    >;
  };
  return tools.map((name) => {
    const { post } = paths[`/engine/v1/tools/${categoryOf(name)}/${name}/execute`]!;
    return [name, post.requestBody.content['application/json']!.example];
  });
}

interface Tool {
  name: string;
  category: string;
  input_schema: { properties: Record<string, { enum?: string[] }>; required?: string[] };
}

async function allTools(): Promise<Tool[]> {
  const answer = await fetch(`${server.url}/engine/v1/tools`);
  return ((await answer.json()) as { tools: Tool[] }).tools;
}

describe('with two contexts', () => {
  it('each tool reaches the API server that `context` names and no other', async () => {
    const tools = await allTools();
    const examples = new Map(await examplesOf(tools.map(({ name }) => name)));
    for (const { name, category, input_schema } of tools) {
      if (WITHOUT_CLUSTER.includes(name)) continue;
      expect([name, input_schema.properties['context']?.enum]).toEqual([name, ['blue', 'green']]);
      const example = examples.get(name);
      for (const [index, context] of ['blue', 'green'].entries()) {
        const before = ways.map(({ sent }) => sent);
        const { body } = await execute(server.url, name, { ...example, context }, { category });
        const reached = ways.map(({ sent }, way) => sent > (before[way] ?? 0));
        expect([name, context, body.detail, reached]).toEqual([
          name,
          context,
          undefined,
          [index === 0, index === 1],
        ]);
      }
    }
  });

  it('tells an MCP client which contexts there are', async () => {
    const client = await CLIENTS['2026 over Streamable HTTP']?.(server);
    const instructions = client?.instructions();
    const [tool] = (await client?.listTools()) ?? [];
    await client?.close();
    expect(instructions).toMatch(/context: The cluster .* Default: blue/);
    const { properties } = tool!.inputSchema as { properties: Record<string, unknown> };
    expect(properties['context']).toEqual({ type: 'string', enum: ['blue', 'green'] });
  });

  it('uses the current context when none is named', async () => {
    const before = ways.map(({ sent }) => sent);
    expect(await execute(server.url, 'k8s_get', { resource_type: 'ns' })).toMatchObject({
      status: 200,
    });
    expect(ways.map(({ sent }, way) => sent > (before[way] ?? 0))).toEqual([true, false]);
  });

  it('names the contexts when one is unknown', async () => {
    const { status, body } = await execute(server.url, 'k8s_get', {
      resource_type: 'ns',
      context: 'red',
    });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      expect.objectContaining({ field: 'context', accepts: 'one of blue, green' }),
    ]);
  });

  it('refuses an unknown one in every call, with or without a cluster', async () => {
    const client = await CLIENTS['2025 over Streamable HTTP']!(server);
    const tools = await allTools();
    const examples = new Map(await examplesOf(tools.map(({ name }) => name)));
    for (const { name, input_schema } of tools) {
      const message = input_schema.properties['context']
        ? '"red" is unknown'
        : 'is not a parameter';
      const args = { ...examples.get(name), context: 'red' };
      const { status, body } = await execute(server.url, name, args);
      expect([name, status, body.errors]).toMatchObject([
        name,
        422,
        [{ field: 'context', message }],
      ]);
      const { isError, _meta } = await client.call(name, args);
      expect([name, isError, _meta?.['skyflo/code']]).toEqual([name, true, 'invalid_input']);
    }
    await client.close();
  });
});
