import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, type CallResult, type McpClient } from './support/mcp-clients.js';
import { McpSession } from './support/mcp-session.js';
import { configMap, createObjects } from './support/manifest.js';
import { execute, type ListedTool } from './support/rest.js';
import { onThisMachine, useExecutions } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';

const EXEC = 'k8s_exec';
const ANSWER = 32_000;
const ERROR = 10_000;
const ASKED = 'skyflo/max_output_chars';

/** 588,894 characters. */
const LINES = Array.from({ length: 100_000 }, (_, index) => index + 1).join('\n');
const MUCH = onThisMachine('seq 1 100000');
/** 190,000 characters. */
const TEXT = 'a line of the text\n'.repeat(10_000);

const FAILING = onThisMachine('seq 1 100000; seq 1 100000 >&2; exit 3');

const { api, server } = useExecutions();
const own = useNamespace('answer-budget');
const overRest = (args: Record<string, unknown>, query = '') =>
  execute(server.url, EXEC, args, { query });
const textIn = ({ content }: CallResult) => content[0]?.text ?? '';

/** Cuts an answer into its text and its last line, which must say how to read on from where. */
function partsOf(text: string): { piece: string; next: number; note: string } {
  const [, piece = '', note = '', next] =
    /^([^]*)\n(\[The output was cut after (\d+) of [^\n]*\])$/.exec(text) ?? [];
  return { piece, note, next: Number(next) };
}

function expectBeginning(text: string, maxChars: number): void {
  expect(text.length).toBeLessThanOrEqual(maxChars);
  expect(text.length).toBeGreaterThan(maxChars * 0.95);
  const { piece, next, note } = partsOf(text);
  expect(LINES.slice(0, next)).toBe(`${piece}\n`);
  const left = LINES.slice(next).split('\n').length;
  expect(note).toContain(`; ${left} lines are left. Read on with the tool execution_status`);
  expect(note).toMatch(new RegExp(`offset=${next}\\.\\]$`));
}

describe('an answer over REST', () => {
  it('ends with a line within the budget, and says what is left', async () => {
    const { body } = await overRest(MUCH);
    expectBeginning(body.result ?? '', ANSWER);
    const id = body.execution_id ?? '';
    const { next } = partsOf(body.result ?? '');
    const rest = await api.output(id, { offset: String(next) });
    expect(`${LINES.slice(0, next)}${rest.text}`).toBe(LINES);
  });

  it.each([1_000, 100_000])('has %d characters where that is asked for', async (chars) => {
    const { body } = await overRest(MUCH, `?max_output_chars=${chars}`);
    expectBeginning(body.result ?? '', chars);
  });

  it('is whole where so much is asked for', async () => {
    const { body } = await overRest(MUCH, '?max_output_chars=1000000');
    expect(body.result).toBe(LINES);
  });

  it('has as much as the one asks for who reads it later', async () => {
    const id = await api.start(EXEC, MUCH);
    await api.finished(id);
    const read = async (query: string) => {
      const answer = await fetch(`${server.url}/engine/v1/executions/${id}${query}`);
      return ((await answer.json()) as { result: string }).result;
    };
    expectBeginning(await read(''), ANSWER);
    expectBeginning(await read('?max_output_chars=50000'), 50_000);
    expect(await read('?max_output_chars=1000000')).toBe(LINES);
  });

  it('has pages as long as asked for', async () => {
    const list = { resource_type: 'configmaps', all_namespaces: true, output: 'json' };
    const url = server.url;
    const usual = await execute(url, 'k8s_get', list, { query: '?max_output_chars=4000' });
    expect(usual.body.result?.length).toBeLessThanOrEqual(4_000);
    expect(usual.body.result).toMatch(/\n\[\d+ shown; .*cursor="[^"]+"\.\]$/);
    const [objects = ''] = (usual.body.result ?? '').split('\n[');
    expect(JSON.parse(objects)).toMatchObject({ kind: 'List' });
    const more = await execute(url, 'k8s_get', list, { query: '?max_output_chars=1000000' });
    expect(more.body.result?.length).toBeGreaterThan(4_000);
    expect(more.body.result).not.toContain('cursor=');
  });

  it.each(['999', '1000001', 'x', '-1'])('is refused for max_output_chars=%s', async (chars) => {
    const routes = [
      overRest(MUCH, `?max_output_chars=${chars}`),
      fetch(`${server.url}/engine/v1/executions/x?max_output_chars=${chars}`).then(
        async (answer) => ({ status: answer.status, body: (await answer.json()) as Body }),
      ),
    ];
    for (const route of routes) {
      const { status, body } = await route;
      expect([status, body.code, body.errors?.[0]?.field]).toEqual([
        422,
        'invalid_input',
        'max_output_chars',
      ]);
      expect(body.detail).toMatch(/1000/);
    }
  });
});

interface Route {
  parameters: { name: string; schema: object }[];
  requestBody: { content: { 'application/json': { example: Record<string, unknown> } } };
}

async function openApi(): Promise<{ paths: Record<string, Record<string, Route>> }> {
  return (await (await fetch(`${server.url}/openapi.json`)).json()) as never;
}

interface Body {
  code?: string;
  detail?: string;
  errors?: { field: string }[];
}

describe('a failure', () => {
  it('has all its parts within its own budget, and can be read whole', async () => {
    const { status, body } = await overRest(FAILING);
    expect([status, body.code]).toEqual([422, 'failed']);
    const { detail = '', output = '' } = body as { detail?: string; output?: string };
    expect(detail.length + output.length).toBeLessThanOrEqual(ERROR);
    expect(detail).toContain('exit code 3');
    expect(`${detail}\n${output}`).toMatch(/was cut after \d+ of .* offset=\d+/);
    const whole = await api.output(body.execution_id ?? '');
    expect(whole.text).toContain('\n100000');
    const shown = await api.get(body.execution_id ?? '');
    expect(shown.text.length).toBeLessThan(ERROR * 1.3);
  });

  it('has the same over MCP', async () => {
    const result = await server.mcp.call(EXEC, FAILING);
    expect(result.isError).toBe(true);
    expect(textIn(result).length).toBeLessThanOrEqual(ERROR);
    expect(textIn(result)).toContain('exit code 3');
    const execution_id = String(result._meta?.['skyflo/execution_id']);
    const status = await server.textOverMcp('execution_status', { execution_id });
    expect(status.length).toBeLessThanOrEqual(ANSWER);
    expect(status).toContain('exit code 3');
  });

  it('of many parameters is within it too', async () => {
    const args = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`unknown_parameter_${index}`, 1]),
    );
    const { body } = await overRest(args);
    expect(body.code).toBe('invalid_input');
    const { detail = '', errors = [] } = body;
    expect(detail.length + JSON.stringify(errors).length).toBeLessThanOrEqual(ERROR);
    expect(textIn(await server.mcp.call(EXEC, args)).length).toBeLessThanOrEqual(ERROR);
  });
});

describe.each(Object.keys(CLIENTS))('an answer to MCP %s', (kind) => {
  let client: McpClient;
  beforeAll(async () => {
    client = await CLIENTS[kind]!({ url: server.url, log: [] });
  });
  afterAll(() => client.close());

  it('is as long as usual, or as asked for', async () => {
    const list = { resource_type: 'configmaps', all_namespaces: true, output: 'yaml' };
    const usual = textIn(await client.call('k8s_get', list));
    expect(usual.length).toBeLessThanOrEqual(ANSWER);
    const less = textIn(await client.call('k8s_get', list, { meta: { [ASKED]: 2_000 } }));
    expect(less.length).toBeLessThanOrEqual(2_000);
    expect(less).toMatch(/cursor="[^"]+"\.\]$/);
  });

  it.each([999, 1_000_001, 1_500.5, '5000', true])('is refused for %s', async (chars) => {
    const meta = { [ASKED]: chars };
    const result = await client.call('k8s_cluster_info', {}, { meta });
    expect(result).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'invalid_input' } });
    expect(textIn(result)).toBe(`"${ASKED}" in _meta must be a whole number, 1000 to 1000000.`);
  });
});

describe('a long output over MCP', () => {
  it('is cut, or whole where so much is asked for', async () => {
    expectBeginning(textIn(await server.mcp.call(EXEC, MUCH)), ANSWER);
    const asked = { meta: { [ASKED]: 1_000_000 } };
    expect(textIn(await server.mcp.call(EXEC, MUCH, asked))).toBe(LINES);
  });

  it('is read on by execution_status in pieces as long as asked for', async () => {
    const result = await server.mcp.call(EXEC, MUCH);
    const execution_id = String(result._meta?.['skyflo/execution_id']);
    const { next: offset } = partsOf(textIn(result));
    const args = { execution_id, offset };
    const usual = textIn(await server.mcp.call('execution_status', args));
    expect(usual.length).toBeLessThanOrEqual(ANSWER);
    const asked = { meta: { [ASKED]: 1_000_000 } };
    const all = textIn(await server.mcp.call('execution_status', args, asked));
    expect(all.endsWith(LINES.slice(offset))).toBe(true);
    const waited = textIn(await server.mcp.call('execution_wait', { execution_id }, asked));
    expect(waited.endsWith(LINES)).toBe(true);
  });

  it('of a task is as long as its call asks for, or the one who reads it', async () => {
    const session = await McpSession.open(server.url, '2025-11-25');
    const ask = async (method: string, params: object): Promise<Record<string, never>> => {
      const { body } = await session.post({ jsonrpc: '2.0', id: 7, method, params });
      return body as Record<string, never>;
    };
    const call = { name: EXEC, arguments: MUCH, task: {}, _meta: { [ASKED]: 1_000_000 } };
    const { task } = (await ask('tools/call', call))['result']! as { task: { taskId: string } };
    const { taskId } = task;
    const read = async (_meta?: object) =>
      textIn((await ask('tasks/result', { taskId, _meta }))['result']!);
    expect(await read()).toBe(LINES);
    expectBeginning(await read({ [ASKED]: 5_000 }), 5_000);
    const { error } = await ask('tasks/result', { taskId, _meta: { [ASKED]: 5 } });
    expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining('1000 to') });
  });
});

describe('an answer of any tool', () => {
  it('that only reads is as short as asked for, also where it fails', async () => {
    const { tools } = (await (
      await fetch(`${server.url}/engine/v1/tools?read_only=true`)
    ).json()) as {
      tools: ListedTool[];
    };
    const { paths } = await openApi();
    const named = tools.filter(({ name }) => !/^(execution_|wait_)|port_forward/.test(name));
    expect(named.length).toBeGreaterThan(20);
    for (const { name, category } of named) {
      const { example } =
        paths[`/engine/v1/tools/${category}/${name}/execute`]!['post']!.requestBody.content[
          'application/json'
        ];
      const { body } = await execute(server.url, name, example, {
        query: '?max_output_chars=1000',
      });
      const { result = '', detail = '', errors = [], output = '' } = body;
      const size = `${result}${detail}${String(output)}`.length;
      expect([name, size + (errors.length > 0 ? JSON.stringify(errors).length : 0)]).toEqual([
        name,
        expect.toSatisfy((chars: number) => chars > 0 && chars <= 1_000),
      ]);
    }
  }, 120_000);

  beforeAll(() => {
    const rollouts = Array.from({ length: 8 }, (_, index) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: `rollout-${index}`, namespace: own.name },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: `${index}` } },
        strategy: { canary: {} },
        template: {
          metadata: { labels: { app: `${index}` } },
          spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
        },
      },
    }));
    const large = configMap('large', { text: TEXT }, { namespace: own.name });
    return createObjects(large, ...rollouts);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['k8s_describe', { resource_type: 'node', name: 'node-1' }, /Read on with/],
    ['k8s_events', { all_namespaces: true, limit: 500 }, /older are left out\. Narrow/],
    ['argo_list_rollouts', { all_namespaces: true }, /more are left\. .* k8s_get/],
    ['k8s_get', { resource_type: 'all', all_namespaces: true }, /ask for each kind by itself/],
    ['k8s_get', { resource_type: 'pods', all_namespaces: true }, /left\. Go on with cursor="/],
  ])('%s says in its last line how to go on', async (tool, args, wayOn) => {
    const { body } = await execute(server.url, tool, args, { query: '?max_output_chars=1000' });
    expect(body.detail).toBeUndefined();
    const lines = (body.result ?? '').split('\n');
    expect(lines.at(-1)).toMatch(/^\[.*\]$/);
    expect(lines.at(-1)).toMatch(wayOn);
  });

  it('keeps an object whole that is larger than the answer', async () => {
    const args = { resource_type: 'configmaps', name: 'large', namespace: own.name };
    for (const output of ['yaml', 'json']) {
      const { body } = await execute(server.url, 'k8s_get', { ...args, output });
      expect(body.result?.length).toBeLessThanOrEqual(ANSWER);
      const { text: whole } = await api.output(body.execution_id ?? '');
      if (output === 'json') expect(JSON.parse(whole)).toMatchObject({ data: { text: TEXT } });
      else expect(whole.match(/a line of the text/g)).toHaveLength(10_000);
    }
  });
});

it('is documented for OpenAPI', async () => {
  const document = await openApi();
  const routes = [
    document.paths['/engine/v1/tools/k8s/k8s_get/execute']?.['post'],
    document.paths['/engine/v1/executions/{id}']?.['get'],
    document.paths['/engine/v1/executions/{id}']?.['delete'],
    document.paths['/engine/v1/executions/{id}/events']?.['get'],
  ];
  for (const route of routes) {
    expect(route?.parameters.find(({ name }) => name === 'max_output_chars')).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1_000, maximum: 1_000_000 },
    });
  }
});
