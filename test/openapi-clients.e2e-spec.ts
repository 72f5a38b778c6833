import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPython } from './openapi/foreign-tools.js';
import { GeneratedClients } from './openapi/generated-clients.js';
import { lint, LINTERS } from './openapi/linters.js';
import { startServer, type RunningServer } from './support/server.js';

/** What is read of the document. */
interface Document {
  servers: { url: string }[];
  security: object[];
  paths: Record<string, { get?: { security?: object[] } }>;
}

/** What each client is answered, whoever has generated it. */
const ANSWERS = {
  plain: 'Waited for 0 seconds.',
  missing: [404, 'not_found'],
  stranger: [401, 'unauthenticated'],
  location: true,
  accepted: [202, 'accepted'],
  shown: [202, 'wait_for_x_seconds'],
  events: ['1 s left', 'succeeded'],
  listed: ['succeeded'],
  audited: ['done'],
  required: 'resource_type',
};

let folder: string;
let server: RunningServer;
let token: string;
let document: string;
let clients: GeneratedClients;
/** What generators have said. */
let told: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openapi-clients-'));
  server = await startServer({
    AUTH: '',
    XDG_STATE_HOME: folder,
    PUBLIC_URL: 'https://skyflo.test/',
    EXECUTIONS_FILE: join(folder, 'executions.db'),
    SHUTDOWN_GRACE_SECONDS: '1',
  });
  token = readFileSync(join(folder, 'skyflo-mcp', 'loopback-token'), 'utf8').trim();
  document = await (await fetch(`${server.url}/openapi.json`)).text();
  clients = new GeneratedClients(document);
  const makes = [clients.makeTypeScript(), ...(hasPython() ? [clients.makePython()] : [])];
  told = (await Promise.all(makes)).join('');
  // The generators may have to be installed first.
}, 300_000);
afterAll(async () => {
  await clients.remove();
  await server.stop();
  await rm(folder, { recursive: true });
});

describe('the OpenAPI document', () => {
  it.each(Object.keys(LINTERS))('follows the rules of %s', async (linter) => {
    expect(await lint(linter, clients.folder)).toContain(LINTERS[linter]!.fine);
  });

  it('says where the server is, and what needs a login', () => {
    const { servers, security, paths } = JSON.parse(document) as Document;
    expect(servers).toMatchObject([{ url: 'https://skyflo.test' }]);
    expect(security).toEqual([{ bearer: [] }]);
    const open = Object.entries(paths).filter(([, { get }]) => get?.security?.length === 0);
    expect(open.map(([path]) => path)).toEqual(['/health', '/health/ready']);
  });
});

describe('a client in TypeScript', () => {
  it.each(['openapi-fetch', 'hey-api'])('calls a server: %s', async (program) => {
    expect(await clients.runTypeScript(program, server.url, token)).toEqual(ANSWERS);
  });

  it('knows the type of each answer of each operation', async () => {
    const types = await clients.text('openapi-typescript.ts');
    const [, operations = ''] = types.split('export interface operations');
    const contents = [...operations.matchAll(/^ +content: \{\n( +"[^]*?)\n +\};$/gm)];
    const answers = contents.flatMap(([, lines = '']) => lines.split('\n'));
    expect(answers.length).toBeGreaterThan(500);
    // The bodies of tools that have no parameters are empty objects.
    const known = /"application\/json": Record<string, never>;/;
    const open = answers.filter((line) => /\b(?:never|unknown)\b/.test(line));
    expect(open.filter((line) => !known.test(line))).toEqual([]);
  });

  it('knows the type of each field, but of what differs from tool to tool', async () => {
    const types = await clients.text('openapi-typescript.ts');
    const schemas = /export interface components \{\n +schemas: \{([^]*?)\n {4}\};/.exec(
      types,
    )![1]!;
    const open = schemas.match(/^.*(?:: (?:never|unknown);|Record<string, never>).*$/gm)!;
    expect(open.map((line) => line.trim()).toSorted()).toEqual([
      // `input_schema` of a tool, and `arguments` of an entry of the audit.
      '[key: string]: unknown;',
      '[key: string]: unknown;',
      'data?: unknown;',
      'data?: unknown;',
    ]);
  });
});

describe.skipIf(!hasPython())('a client in Python', () => {
  it('has all of the document', () => {
    expect(told).not.toMatch(/warning/i);
  });

  it('calls a server', async () => {
    expect(await clients.runPython(server.url, token)).toEqual(ANSWERS);
  });
});
