import { beforeAll, describe, expect, it } from 'vitest';
import { McpSession } from './support/mcp-session.js';
import { categoryOf, send } from './support/rest.js';
import { useServer } from './support/use-server.js';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** JSON that makes careless code throw as it reads it; none of it is the value of any parameter. */
const ODD_JSON: [string, string][] = [
  ['an object with a toString of its own', '{"toString":1}'],
  ['an object without a primitive value', '{"valueOf":1,"toString":1}'],
  ['an object with a prototype of its own', '{"__proto__":{"toString":1}}'],
  ['a list of such objects', '[{"toString":1}]'],
  ['a list that is nested deeply', nested(9_000)],
  ['a number beyond all', '1e400'],
];

/** Most of what a body may have, in pieces that one pattern or another takes again and again. */
const HUGE_TEXTS = ['a', '9', '1h', 'a,', 'a/a,', 'a=b,'].map((piece) =>
  JSON.stringify(`${piece.repeat(3_800_000 / piece.length)}a`),
);

interface Tool {
  name: string;
  input_schema: { properties: Record<string, { type: string; pattern?: string }> };
}

const server = useServer();
let parameters: { tool: string; name: string; pattern?: string }[];
beforeAll(async () => {
  const { tools } = (await (await fetch(`${server.url}/engine/v1/tools`)).json()) as {
    tools: Tool[];
  };
  parameters = tools.flatMap(({ name: tool, input_schema: { properties } }) =>
    Object.entries(properties).map(([name, { pattern }]) => ({ tool, name, pattern })),
  );
});

const post = (tool: string, body: string, base = '/engine/v1') =>
  send(`${server.url}${base}/tools/${categoryOf(tool)}/${tool}/execute`, body);

const REFUSED = { status: 422, body: { status: 422, code: 'invalid_input' } };

describe('odd JSON', { timeout: 180_000 }, () => {
  it.each(ODD_JSON)('is refused in every parameter of every tool: %s', async (_, json) => {
    for (const { tool, name } of parameters) {
      const answer = await post(tool, `{"${name}":${json}}`);
      expect(answer, `${tool} ${name}`).toMatchObject(REFUSED);
      expect(answer.body.errors).toContainEqual(expect.objectContaining({ field: name }));
    }
  });

  it.each(ODD_JSON)('is refused over MCP: %s', async (_, json) => {
    const session = await McpSession.open(server.url);
    const call = `{"name":"k8s_get","arguments":{"resource_type":"ns","all_namespaces":${json}}}`;
    const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${call}}`;
    expect((await session.send('POST', message)).body).toMatchObject({
      result: { isError: true, _meta: { 'skyflo/code': 'invalid_input' } },
    });
  });

  it.each(ODD_JSON)('is refused as a wait of older Engines: %s', async (_, json) => {
    const answer = await post('wait_for_x_seconds', `{"seconds":${json}}`, '/mcp/v1');
    expect(answer).toMatchObject(REFUSED);
  });
});

describe('a text of millions of characters', { timeout: 180_000 }, () => {
  it('is refused by every pattern', async () => {
    const ofEachPattern = new Map(parameters.map((one) => [one.pattern, one]));
    ofEachPattern.delete(undefined);
    for (const { tool, name } of ofEachPattern.values()) {
      for (const huge of HUGE_TEXTS) {
        expect(await post(tool, `{"${name}":${huge}}`), `${tool} ${name}`).toMatchObject(REFUSED);
      }
    }
  });
});

describe('thousands of parameters that there are not', () => {
  it('are refused in few words', async () => {
    const body = JSON.stringify(
      Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x${index}`, 1])),
    );
    const answer = await post('wait_for_x_seconds', body);
    expect(answer).toMatchObject(REFUSED);
    expect(JSON.stringify(answer.body).length).toBeLessThan(5_000);
  });
});
