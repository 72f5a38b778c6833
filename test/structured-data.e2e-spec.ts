import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { execute, readJson, type RestAnswer } from './support/rest.js';
import { useServer } from './support/use-server.js';

/** They need an execution that there is, or leave something behind. */
const OTHERWISE = /^(execution_|wait_|k8s_exec|k8s_run_pod|k8s_port_forward$|k8s_(un)?cordon)/;

interface Tool {
  name: string;
  annotations: { readOnlyHint: boolean };
  input_schema: { properties: Record<string, unknown> };
}
interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string;
        requestBody?: { content: Record<string, { example?: Record<string, unknown> }> };
      }
    >
  >;
}

/** The tools that docs/mcp.md says have data. */
const [, listed = ''] = /### Structured data\n([^]*?)\n\n`k8s_get`/.exec(
  readFileSync('docs/mcp.md', 'utf8'),
)!;
const withData = [...listed.matchAll(/`(\w+_\w+)`/g)].map(([, name = '']) => name);

const server = useServer();

describe('structured data', () => {
  let tools: Tool[];
  let examples: Map<string, Record<string, unknown>>;

  beforeAll(async () => {
    tools = (await readJson(`${server.url}/engine/v1/tools`)).body['tools'] as Tool[];
    const { paths } = (await readJson(`${server.url}/openapi.json`)).body as unknown as Document;
    examples = new Map(
      Object.entries(paths).flatMap(([path, { post }]) => {
        const [, name] = /\/(\w+)\/execute$/.exec(path) ?? [];
        const example = post?.requestBody?.content['application/json']?.example;
        return name && example ? [[name, example] as const] : [];
      }),
    );
  });

  /** Calls the example of a tool, changing nothing. */
  async function tried({ name, input_schema }: Tool): Promise<RestAnswer> {
    const dry = 'dry_run' in input_schema.properties ? { dry_run: true } : {};
    return execute(server.url, name, { ...examples.get(name), ...dry }, { query: '?data=true' });
  }

  it('comes from the tools that the documents name, and from no others', async () => {
    const harmless = tools.filter(
      ({ name, annotations, input_schema }) =>
        !OTHERWISE.test(name) && (annotations.readOnlyHint || 'dry_run' in input_schema.properties),
    );
    const found: string[] = [];
    const answered: string[] = [];
    for (const tool of harmless) {
      const { status, body } = await tried(tool);
      if (status !== 200) continue;
      answered.push(tool.name);
      if (body.data !== undefined) found.push(tool.name);
    }
    expect(answered.length).toBeGreaterThan(30);
    expect(found).toEqual(answered.filter((name) => withData.includes(name)));
  }, 120_000);

  it('is said of tools that there are', () => {
    const names = new Set(tools.map(({ name }) => name));
    expect(withData.filter((name) => !names.has(name))).toEqual([]);
    expect(withData.length).toBeGreaterThan(15);
  });
});
