import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { findPackageJSON, isBuiltin } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LICENSES_FILE } from '../rolldown.licenses.js';
import { clientProgram, expectTypes } from './support/client-program.js';
import { InstalledPackage } from './support/installed-package.js';
import { execute, readJson, textOf } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { OPEN_ACCESS, spawnServer, type RunningServer } from './support/server-process.js';

/** How the bundle asks for modules that it does not hold; what it holds may write `require` too. */
const ASKED = /(?:\bimport|__require|\brequire\$\d+)\(["`]([^"`.][^"`]*)["`]\)/g;
/** What is packed in any case. */
const FIXED = ['LICENSE', 'README.md', 'package.json', `dist/bundle/${LICENSES_FILE}`];
/** The others of OpenTelemetry have it as a peer. */
const PEERS = ['@opentelemetry/api'];

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
let installed: InstalledPackage;

beforeAll(async () => {
  installed = await InstalledPackage.install();
});
afterAll(() => installed.remove());

function environment(): Record<string, string> {
  return { ...testSandbox().env, XDG_STATE_HOME: join(installed.folder, 'state') };
}

/** The package that a module of this checkout is in, if it is installed. */
function packageOf(specifier: string): string | undefined {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  try {
    return findPackageJSON(name, import.meta.url) && name;
  } catch {
    return undefined;
  }
}

describe('the package', () => {
  it('holds what runs and nothing else', () => {
    const workers = globSync('libs/*/src/**/*.worker.ts').map((file) => basename(file, '.ts'));
    const programs = ['main', 'health-probe', 'client-node', ...workers].map(
      (name) => `dist/bundle/${name}.js`,
    );
    const types = globSync('libs/client/src/**/*.ts', { exclude: ['**/*.spec.ts'] }).map((file) =>
      file.replace('libs/client/src', 'dist/client').replace(/ts$/, 'd.ts'),
    );
    const [page, others] = [true, false].map((wanted) =>
      installed.files.filter((file) => /^dist\/bundle\/(swagger-ui|page)\//.test(file) === wanted),
    );
    expect(others).toEqual(
      [...FIXED, 'bin/skyflo-mcp.js', ...programs, 'dist/client/index.js', ...types].toSorted(),
    );
    expect(page).toContain('dist/bundle/swagger-ui/swagger-ui-bundle.js');
    const plugin = globSync('apps/server/src/rest/swagger-ui/page/*').map((file) => basename(file));
    expect(page).toEqual(expect.arrayContaining(plugin.map((file) => `dist/bundle/page/${file}`)));
    expect(page!.filter((file) => file.endsWith('.map'))).toEqual([]);
  });

  it('depends on what the bundle asks for and nothing else', async () => {
    const bundles = installed.files.filter((file) => /^dist\/bundle\/[^/]*\.js$/.test(file));
    const texts = await Promise.all(bundles.map((file) => installed.text(file)));
    const asked = texts
      .flatMap((text) => [...text.matchAll(ASKED)].map(([, specifier = '']) => specifier))
      .filter((specifier) => !isBuiltin(specifier))
      .flatMap((specifier) => packageOf(specifier) ?? []);
    const wanted = new Set([...asked, ...PEERS]);
    expect(await installed.dependencies()).toEqual([...wanted].toSorted());
  });

  it('runs no script at its installation, and neither does what it depends on', async () => {
    expect(await installed.withScripts()).toEqual([]);
  });

  it('says its version', async () => {
    expect(await installed.outputOf('--version')).toBe(`${version}\n`);
  });

  it('checks a policy', async () => {
    expect(await installed.outputOf('policy', 'check', 'admin')).toContain('admin is right');
  });

  it('serves MCP over stdio', async () => {
    const env = { ...process.env, ...OPEN_ACCESS, ...environment() } as Record<string, string>;
    const client = new Client({ name: 'test', version: '1.0.0' });
    const program = { ...installed.npx('--stdio'), env, stderr: 'ignore' as const };
    await client.connect(new StdioClientTransport(program));
    try {
      const { tools } = await client.listTools();
      expect(tools.length).toBeGreaterThan(50);
      const namespaces = { name: 'k8s_get', arguments: { resource_type: 'namespaces' } };
      expect(JSON.stringify(await client.callTool(namespaces))).toContain('kube-system');
    } finally {
      await client.close();
    }
  });
});

describe('its client', () => {
  it('imports nothing', async () => {
    expect(await installed.text('dist/client/index.js')).not.toMatch(/\bimport\b|\brequire\(/);
  });

  it.each(['node16', 'bundler'])('has types for strict programs of %s', async (resolution) => {
    await expectTypes(installed, resolution);
  });
});

describe('its server', () => {
  const records: string[] = [];
  let collector: Server;
  let server: RunningServer;

  beforeAll(async () => {
    collector = createServer((request, response) => {
      records.push(request.url ?? '');
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
    const env = { ...environment(), OTEL_EXPORTER_OTLP_ENDPOINT };
    server = await spawnServer(env, { bin: installed.bin });
  });
  afterAll(async () => {
    await server.stop();
    collector.closeAllConnections();
    collector.close();
  });

  it('is ready', async () => {
    expect(await readJson(`${server.url}/health/ready`)).toMatchObject({ status: 200 });
  });

  it('has Swagger UI with all its files', async () => {
    const page = await (await fetch(`${server.url}/docs`)).text();
    const files = [...page.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map(([, file = '']) => file);
    expect(files).toEqual(expect.arrayContaining(['./docs/swagger-ui-bundle.js']));
    const plugin = installed.files.filter((file) => file.startsWith('dist/bundle/page/'));
    const more = ['oauth2-redirect.html', ...plugin.map((file) => basename(file))];
    const statuses = await Promise.all(
      [...files, ...more.map((file) => `./docs/${file}`)].map(async (file) => {
        const { status } = await fetch(new URL(file, `${server.url}/`));
        return [file, status];
      }),
    );
    expect(statuses).toEqual(statuses.map(([file]) => [file, 200]));
  });

  it('lists its tools', async () => {
    const { body } = await readJson(`${server.url}/engine/v1/tools`);
    expect((body['tools'] as unknown[]).length).toBeGreaterThan(50);
  });

  it('starts its threads', async () => {
    const search = { namespace: 'shop', pod_name: 'deployment/web', num_lines: 5 };
    expect(await execute(server.url, 'k8s_logs', { ...search, grep: '(' })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('is not a regular expression') as string },
    });
    const manifest = (name: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'shop' },
        data: { text: 'x'.repeat(50_000) },
      });
    const content = `${manifest('one')}\n---\n${manifest('two')}`;
    const applied = await execute(server.url, 'k8s_apply', { content, dry_run: true });
    expect(textOf(applied)).toContain('configmap/two');
  });

  it('answers the program of the example', async () => {
    const { namespace, run } = await clientProgram(installed);
    const printed = await run({ SKYFLO_URL: server.url, NAMESPACE: namespace });
    expect(printed).toMatch(/^NAME +READY/);
    expect(printed).toMatch(/^… /m);
    expect(printed).toMatch(/^succeeded [^]*successfully rolled out/m);
    expect(printed).toMatch(
      /^[\da-f-]{36} (queued|running)\nWaited for 2 seconds\.\ncancelled\n404 /m,
    );
  });

  it('sends its audit as records of OpenTelemetry', async () => {
    await execute(server.url, 'k8s_get', { resource_type: 'namespaces' });
    await expect.poll(() => records).toContain('/v1/logs');
  });
});
