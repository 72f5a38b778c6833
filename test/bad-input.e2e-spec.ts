import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canPass, EVIL_TEXTS, isForTheTool, type TextSchema } from './support/evil-texts.js';
import { inventory, settled } from './support/inventory.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

interface Tool {
  name: string;
  category: string;
  input_schema: { properties: Record<string, TextSchema & { type: string }> };
}

interface Document {
  paths: Record<
    string,
    { post: { requestBody: { content: Record<string, { example: Record<string, unknown> }> } } }
  >;
}

let server: RunningServer;
let tools: Tool[];
let document: Document;
beforeAll(async () => {
  server = await startServer();
  ({ tools } = (await (await fetch(`${server.url}/engine/v1/tools`)).json()) as { tools: Tool[] });
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
  await settled();
});
afterAll(() => server.stop());

const exampleOf = ({ name, category }: Tool) =>
  document.paths[`/engine/v1/tools/${category}/${name}/execute`]?.post.requestBody.content[
    'application/json'
  ]?.example ?? {};

/** Does something that must change nothing in the cluster. */
const expectNoChange = async (work: () => Promise<void>) => {
  const before = await inventory();
  await work();
  expect(await inventory()).toEqual(before);
};

/** Tries a text as one parameter of a tool, whose others are fine. */
async function tryText(tool: Tool, parameter: string, value: string): Promise<void> {
  const { properties } = tool.input_schema;
  // Free text may be a fine manifest or patch, so it is tried dry; what has to be refused is meant.
  const mayPass = canPass(value, properties[parameter]!);
  const dry = mayPass && 'dry_run' in properties ? { dry_run: true } : {};
  const args = { ...exampleOf(tool), ...dry, [parameter]: value };
  const { category } = tool;
  const { status, body } = await execute(server.url, tool.name, args, { category });
  const said = JSON.stringify([tool.name, parameter, value, status, body.detail]);
  expect(status, said).toBeLessThan(500);
  if (!mayPass) expect(status, said).toBeGreaterThanOrEqual(400);
}

describe('text that could become a flag, a path or another name', { timeout: 300_000 }, () => {
  it('is refused, or harmless free text, in every text parameter of every tool', () =>
    expectNoChange(async () => {
      for (const tool of tools) {
        for (const [parameter, schema] of Object.entries(tool.input_schema.properties)) {
          if (schema.type !== 'string') continue;
          // What is refused before a tool sees it is tried in text-parameters.spec.ts.
          const texts = EVIL_TEXTS.filter((value) => isForTheTool(value, schema));
          await Promise.all(texts.map((value) => tryText(tool, parameter, value)));
        }
      }
    }));
});

describe('what cannot be read', () => {
  it.each([
    [{ resource_type: '--all' }, 'resource_type'],
    [{ resource_type: 'pods', namespace: { a: 1 } }, 'namespace'],
    [{ resource_type: ['pods'] }, 'resource_type'],
  ])('is refused at the door: %j', async (args, field) => {
    const { status, body } = await execute(server.url, 'k8s_get', args);
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.errors).toEqual([expect.objectContaining({ field })]);
  });
});
