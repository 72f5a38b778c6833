import { request } from 'node:http';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { readJson } from './support/rest.js';
import { onThisMachine, useExecutions } from './support/use-executions.js';

interface Operation {
  operationId: string;
  responses: Record<string, Response>;
  requestBody?: { content: Record<string, { example: object }> };
}

interface Response {
  content?: Record<string, { schema: object }>;
  headers?: Record<string, { required: boolean }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

interface Answer {
  status: number;
  type: string;
  headers: Record<string, unknown>;
  text: string;
}

interface Call {
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

const { server, api } = useExecutions();
const validator = new AjvJsonSchemaValidator();
const JSON_TYPE = { 'content-type': 'application/json' };
const NO_ID = '00000000-0000-4000-8000-000000000000';

let document: Document;
let endedId: string;
beforeAll(async () => {
  document = (await readJson(`${server.url}/openapi.json`)).body as unknown as Document;
  endedId = await api.start('wait_for_x_seconds', { seconds: 0 });
  await api.finished(endedId);
});

/** Sends a request; of an answer that goes on, such as a stream, only what comes first is read. */
function send(method: string, { path = '', headers = {}, body = '' }: Call): Promise<Answer> {
  const all = { ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) };
  return new Promise((resolve, reject) => {
    request(server.url + path, { method, headers: all }, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const type = (answered['content-type'] ?? '').split(';', 1)[0] ?? '';
      const finish = (text: string) => resolve({ status, type, headers: answered, text });
      if (type === 'text/event-stream') {
        response.destroy();
        return finish('');
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => finish(text));
    })
      .on('error', reject)
      .end(body);
  });
}

/**
 * Fails unless an operation's document foresees an answer: its status, its type, its headers and,
 * of JSON, its shape.
 */
function expectDocumented({ operationId, responses }: Operation, answer: Answer): void {
  const { status, type, headers, text } = answer;
  const said = `${operationId} ${status} ${type} ${text.slice(0, 300)}`;
  const response = responses[status];
  expect(response, said).toBeDefined();
  for (const [name, { required }] of Object.entries(response!.headers ?? {})) {
    if (required) expect(headers, said).toHaveProperty(name.toLowerCase());
  }
  if (text === '') return;
  const media = response!.content?.[type];
  expect(media, said).toBeDefined();
  if (type.endsWith('json')) expectShape(JSON.parse(text), media!.schema, said);
}

/** Fails unless a value is as a schema of the document has it. */
function expectShape(value: unknown, schema: object, said: string): void {
  const { components } = document;
  const validate = validator.getValidator({ ...schema, components } as never);
  const { valid, errorMessage } = validate(value);
  expect([valid, errorMessage], said).toEqual([true, undefined]);
}

/** The path of an operation, for something that is there or that is not. */
function pathOf(template: string, isThere: boolean): string {
  const values: Record<string, string> = isThere
    ? { category: 'k8s', tool: 'k8s_get', id: endedId }
    : { category: 'none', tool: 'none', id: NO_ID };
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

/** What may be asked of any operation, rightly or wrongly. */
function callsOf(template: string, method: string, { requestBody }: Operation): Call[] {
  const path = pathOf(template, true);
  const example = requestBody?.content['application/json']?.example;
  const body = method === 'post' ? JSON.stringify({ ...example, nope: 1 }) : undefined;
  const headers: Record<string, string> = method === 'post' ? JSON_TYPE : {};
  return [
    { path, headers, body },
    { path: pathOf(template, false), headers, body },
    { path: `${path}?nope=1&limit=x`, headers, body },
    { path, headers: { ...headers, host: 'evil.example' } },
    { path, headers: { ...headers, host: 'a@localhost' } },
    { path, headers: { ...headers, origin: 'null' } },
    { path, headers: { ...headers, 'if-none-match': '*' }, body },
    {
      path,
      headers: { ...headers, 'last-event-id': 'x', 'idempotency-key': 'a b' },
      body,
    },
    ...(method === 'get'
      ? []
      : [
          { path, headers: {} },
          { path, headers: JSON_TYPE, body: '{' },
          { path, headers: { 'content-type': 'text/plain' }, body: 'x' },
          { path, headers: JSON_TYPE, body: `"${'x'.repeat(17 * 1024 * 1024)}"` },
        ]),
  ];
}

describe('the OpenAPI document', () => {
  it('has the statuses that its operations answer with, their types and their shapes', async () => {
    const seen = new Map<string, Set<number>>();
    const isLike = new Set<string>();
    for (const [template, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        // Large bodies for one tool of each category are enough.
        const kind = `${method} ${template.replace(/[^/]+\/execute$/, '')}`;
        const isFirst = !isLike.has(kind);
        isLike.add(kind);
        const calls = callsOf(template, method, operation);
        for (const call of isFirst ? calls : calls.slice(0, -1)) {
          const answer = await send(method.toUpperCase(), call);
          expectDocumented(operation, answer);
          const statuses = seen.get(operation.operationId) ?? new Set();
          seen.set(operation.operationId, statuses.add(answer.status));
        }
      }
    }
    const of = (operationId: string) => [...seen.get(operationId)!].sort((a, b) => a - b);
    expect(of('list_tools')).toEqual([200, 304, 400, 403, 422]);
    expect(of('get_tool')).toEqual([200, 304, 400, 403, 404]);
    expect(of('get_execution')).toEqual([200, 400, 403, 404, 422]);
    expect(of('follow_execution')).toEqual([200, 400, 403, 404, 422]);
    expect(of('cancel_execution')).toEqual([400, 403, 404, 409, 413, 415, 422]);
    expect(of('k8s_get')).toEqual(expect.arrayContaining([400, 403, 415, 422]));
  }, 120_000);

  it('has those of a tool that succeeds, goes on, fails, and is refused', async () => {
    const base = '/engine/v1/tools/k8s';
    const run = async (tool: string, args: object, more: Call = {}) => {
      const template = `${base}/${tool}/execute`;
      const headers = { ...JSON_TYPE, ...more.headers };
      const answer = await send('POST', {
        path: template + (more.path ?? ''),
        headers,
        body: JSON.stringify(args),
      });
      expectDocumented(document.paths[template]!['post']!, answer);
      return answer.status;
    };
    const wait = { seconds: 3 };
    expect(await run('wait_for_x_seconds', { seconds: 0 })).toBe(200);
    expect(await run('k8s_cluster_info', {}, { path: '?data=true' })).toBe(200);
    const plain = { headers: { accept: 'text/plain' } };
    expect(await run('wait_for_x_seconds', { seconds: 0 }, plain)).toBe(200);
    const stream = { headers: { accept: 'text/event-stream' } };
    expect(await run('wait_for_x_seconds', { seconds: 0 }, stream)).toBe(200);
    const later = { headers: { prefer: 'respond-async' } };
    expect(await run('wait_for_x_seconds', wait, later)).toBe(202);
    const inTime = { path: '?time_limit_seconds=1' };
    expect(await run('wait_for_x_seconds', wait, inTime)).toBe(504);
    expect(await run('wait_for_x_seconds', { seconds: 301 })).toBe(422);
    expect(await run('k8s_get', { resource_type: 'pods', name: 'none', namespace: 'shop' })).toBe(
      404,
    );
    expect(await run('execution_cancel', { execution_id: endedId })).toBe(409);
    const cancelled = run('wait_for_x_seconds', { seconds: 61 });
    await expect
      .poll(async () => {
        const { executions } = (await api.list({ status: 'running' })).body;
        const ends = await Promise.all(executions.map(({ id }) => api.cancel(id)));
        return Promise.race([cancelled, Promise.resolve(ends.length)]);
      })
      .toBe(499);
    expect(await cancelled).toBe(499);
  });

  it('has those of an execution that goes on, and of its list and output', async () => {
    const id = await api.start('wait_for_x_seconds', { seconds: 60 });
    const of = async (method: string, template: string, more = '') => {
      const path = template.replace('{id}', id) + more;
      const answer = await send(method, { path });
      expectDocumented(document.paths[template]![method.toLowerCase()]!, answer);
      return answer.status;
    };
    const one = '/engine/v1/executions/{id}';
    expect(await of('GET', one)).toBe(202);
    expect(await of('GET', `${one}/events`)).toBe(200);
    expect(await of('GET', `${one}/output`)).toBe(404);
    expect(await of('GET', '/engine/v1/executions', '?limit=1')).toBe(200);
    expect(await of('GET', '/engine/v1/executions', '?since=never')).toBe(422);
    expect(await of('DELETE', one)).toBe(200);
    expect(await of('DELETE', one)).toBe(409);
    const said = { path: `${one}/output`.replace('{id}', endedId) };
    const answer = await send('GET', said);
    expectDocumented(document.paths[`${one}/output`]!['get']!, answer);
    expect(answer.status).toBe(200);
  });

  it('has the data of each event of a stream', async () => {
    const stream = await api.stream('k8s_exec', onThisMachine('echo done'));
    await stream.result();
    const waits = await api.stream('wait_for_x_seconds', { seconds: 1 });
    await waits.result();
    const events = [...stream.events, ...waits.events];
    expect(new Set(events.map(({ event }) => event))).toEqual(
      new Set(['output', 'result', 'progress']),
    );
    const path = '/engine/v1/executions/{id}/events';
    const { responses } = document.paths[path]!['get']!;
    const { schema } = responses['200']!.content!['text/event-stream']!;
    for (const { event, data } of events) expectShape(data, schema, event);
    expect(() => expectShape({ text: 1 }, schema, 'output')).toThrow();
  });

  it('has a problem document for each failure of each operation', () => {
    for (const operations of Object.values(document.paths)) {
      for (const { operationId, responses } of Object.values(operations)) {
        for (const [status, { content }] of Object.entries(responses)) {
          if (Number(status) < 400 || (operationId === 'ready' && status === '503')) continue;
          expect([operationId, status, Object.keys(content ?? {})]).toEqual([
            operationId,
            status,
            ['application/problem+json'],
          ]);
        }
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '500']));
      }
    }
  });
});
