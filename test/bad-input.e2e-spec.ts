import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inventory, settled, type Inventory } from './support/inventory.js';
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

let before: Inventory;
beforeEach(async () => {
  before = await inventory();
});
afterEach(async () => {
  // Nothing in the cluster has changed.
  expect(await inventory()).toEqual(before);
});

/** Whether a text may be harmless: free text, an optional parameter that counts as not given, a long word within the rule (images). */
function canPass(value: string, { pattern, enum: choices }: TextSchema): boolean {
  const isFree = !pattern && !choices;
  const isWord = /^a+$/.test(value) && new RegExp(pattern ?? '^$').test(value);
  return isFree || isWord || value.trim() === '';
}

describe('text that could become a flag, a path or another name', () => {
  it(
    'is refused, or harmless free text, in every text parameter of every tool',
    { timeout: 300_000 },
    async () => {
      for (const tool of tools) {
        const example = exampleOf(tool);
        for (const [parameter, schema] of Object.entries(tool.input_schema.properties)) {
          if (schema.type !== 'string') continue;
          const isDryable = 'dry_run' in tool.input_schema.properties;
          const tried = async (value: string) => {
            // Free text may be a fine manifest or patch, so it is tried dry; what has to be refused is meant.
            const mayPass = canPass(value, schema);
            const dry = mayPass && isDryable ? { dry_run: true } : {};
            const args = { ...example, ...dry, [parameter]: value };
            const { category } = tool;
            const { status, body } = await execute(server.url, tool.name, args, { category });
            const said = JSON.stringify([tool.name, parameter, value, status, body.detail]);
            expect(status, said).toBeLessThan(500);
            if (!mayPass) expect(status, said).toBeGreaterThanOrEqual(400);
          };
          await Promise.all(EVIL.map(tried));
        }
      }
    },
  );

  it('of another type is refused everywhere', { timeout: 120_000 }, async () => {
    for (const tool of tools) {
      for (const parameter of Object.keys(tool.input_schema.properties)) {
        for (const value of [{}, [], [1], { a: 1 }]) {
          const args = { ...exampleOf(tool), [parameter]: value };
          const { status, body } = await execute(server.url, tool.name, args, {
            category: tool.category,
          });
          expect([tool.name, parameter, status, body.code]).toEqual([
            tool.name,
            parameter,
            422,
            'invalid_input',
          ]);
        }
      }
    }
  });
});
