import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventory, settled } from './support/inventory.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const EVIL = [
  'n --all',
  '-A',
  '--kubeconfig=/etc/passwd',
  '../x',
  'a/../../b',
  '%2e%2e%2fx',
  'a'.repeat(300),
  'naïve',
  '名前',
  'a\nb',
  'a\u0000b',
  '$(id)',
  '; rm -rf /',
  '',
  ' ',
];

interface TextSchema {
  type: string;
  enum?: string[];
  pattern?: string;
}

interface Tool {
  name: string;
  category: string;
  input_schema: { properties: Record<string, TextSchema> };
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

/**
 * Whether a text may be harmless: free text, an optional parameter that counts as not given, a long
 * word within the rule (images).
 */
function canPass(value: string, { pattern, enum: choices }: TextSchema): boolean {
  const isFree = !pattern && !choices;
  const isWord = /^a+$/.test(value) && new RegExp(pattern ?? '^$').test(value);
  return isFree || isWord || value.trim() === '';
}

/** Tries a text as one parameter of a tool, whose others are fine. */
async function tryText(tool: Tool, parameter: string, value: string): Promise<void> {
  const { properties } = tool.input_schema;
  // Free text may be a fine manifest or patch, so it is tried dry; what has to be refused is meant.
  const mayPass = canPass(value, properties[parameter] as TextSchema);
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
        for (const [parameter, { type }] of Object.entries(tool.input_schema.properties)) {
          if (type !== 'string') continue;
          await Promise.all(EVIL.map((value) => tryText(tool, parameter, value)));
        }
      }
    }));
});

describe('a value of another type', { timeout: 120_000 }, () => {
  it.each([{}, [], [1], { a: 1 }].map((value) => JSON.stringify(value)))(
    'is refused in every parameter of every tool: %s',
    (text) =>
      expectNoChange(async () => {
        for (const tool of tools) {
          const { name, category } = tool;
          for (const parameter of Object.keys(tool.input_schema.properties)) {
            const args = { ...exampleOf(tool), [parameter]: JSON.parse(text) as unknown };
            const { status, body } = await execute(server.url, name, args, { category });
            const refused = [name, parameter, 422, 'invalid_input'];
            expect([name, parameter, status, body.code]).toEqual(refused);
          }
        }
      }),
  );
});
