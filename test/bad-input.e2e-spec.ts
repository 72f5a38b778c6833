import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
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
const KINDS =
  'deployments,daemonsets,statefulsets,replicasets,pods,secrets,configmaps,services,rollouts,namespaces,nodes';

interface Tool {
  name: string;
  category: string;
  annotations: { readOnlyHint: boolean };
  input_schema: { properties: Record<string, { type: string; enum?: string[]; pattern?: string }> };
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
});
afterAll(() => server.stop());

const exampleOf = ({ name, category }: Tool) =>
  document.paths[`/engine/v1/tools/${category}/${name}/execute`]?.post.requestBody.content[
    'application/json'
  ]?.example ?? {};

/** Everything that there is, without what changes by itself. */
const inventory = () =>
  kubectl(
    'get',
    KINDS,
    '-A',
    '-o',
    'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}@{.metadata.generation}{"\\n"}{end}',
  );

describe('text that could become a flag, a path or another name', () => {
  it(
    'is refused, or harmless free text, in every text parameter of every tool',
    { timeout: 300_000 },
    async () => {
      const before = await inventory();
      for (const tool of tools) {
        const example = exampleOf(tool);
        for (const [parameter, schema] of Object.entries(tool.input_schema.properties)) {
          if (schema.type !== 'string') continue;
          const isFree = !schema.pattern && !schema.enum;
          // A write is only ever tried dry: free text may be a fine manifest or patch.
          const safe = 'dry_run' in tool.input_schema.properties ? { dry_run: true } : {};
          const answers = await Promise.all(
            EVIL.map((value) =>
              execute(
                server.url,
                tool.name,
                { ...example, ...safe, [parameter]: value },
                { category: tool.category },
              ),
            ),
          );
          for (const [index, { status, body }] of answers.entries()) {
            const said = [tool.name, parameter, EVIL[index], status, body.detail];
            expect(status, JSON.stringify(said)).toBeLessThan(500);
            // An optional parameter that is blank counts as not given; a long word may be within the rule (images).
            const value = EVIL[index] ?? '';
            const isWord = /^a+$/.test(value) && new RegExp(schema.pattern ?? '^$').test(value);
            const mayPass = isFree || isWord || value.trim() === '';
            if (!mayPass) expect(status, JSON.stringify(said)).toBeGreaterThanOrEqual(400);
          }
        }
      }
      expect((await inventory()).split('\n').toSorted()).toEqual(before.split('\n').toSorted());
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
