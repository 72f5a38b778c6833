import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSandbox } from './support/sandbox.js';

const run = promisify(execFile);
const MAX_BYTES = 10_000_000;
const PACK_LIMIT_MS = 240_000;

interface Manifest {
  name: string;
  version: string;
  server: { entry_point: string; mcp_config: { command: string; args: string[]; env: object } };
  compatibility: { runtimes: { node: string } };
  user_config: Record<string, { default: string | boolean }>;
}

let folder: string;
let unpacked: string;
let manifest: Manifest;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcpb-spec-'));
  unpacked = join(folder, 'unpacked');
  await run('node', ['release/mcpb.ts', join(folder, 'skyflo.mcpb')]);
  await run('node_modules/.bin/mcpb', ['unpack', join(folder, 'skyflo.mcpb'), unpacked]);
  manifest = JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8')) as Manifest;
}, PACK_LIMIT_MS);
afterAll(() => rm(folder, { recursive: true }));

/** Starts the server as a desktop client does, with what its user has set. */
async function connect(settings: Record<string, string>): Promise<Client> {
  const { command, args, env } = manifest.server.mcp_config;
  const values: Record<string, string> = { __dirname: unpacked };
  for (const [name, { default: value }] of Object.entries(manifest.user_config)) {
    values[`user_config.${name}`] = settings[name] ?? String(value);
  }
  const filled = (text: string) =>
    text.replaceAll(/\$\{([\w.]+)\}/g, (_, name: string) => values[name]!);
  const { PATH = '' } = testSandbox().env;
  const state = { HOME: folder, PATH };
  const set = Object.entries(env as Record<string, string>).map(([name, text]) => [
    name,
    filled(text),
  ]);
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command,
      args: args.map(filled),
      env: { ...state, ...(Object.fromEntries(set) as Record<string, string>) },
      stderr: 'ignore',
    }),
  );
  return client;
}

describe('the bundle for desktop clients', () => {
  it('is small, and says what it needs', () => {
    const { version, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      version: string;
      engines: { node: string };
    };
    expect(manifest).toMatchObject({
      name: 'skyflo-mcp',
      version,
      compatibility: { runtimes: engines },
    });
    expect(statSync(join(folder, 'skyflo.mcpb')).size).toBeLessThan(MAX_BYTES);
    const server = join(unpacked, 'server');
    for (const file of ['LICENSE', 'dist/bundle/THIRD-PARTY-LICENSES.txt']) {
      expect(existsSync(join(server, file))).toBe(true);
    }
  });

  it('starts by its manifest, and looks into the cluster', async () => {
    const client = await connect({ kubeconfig: testSandbox().env['KUBECONFIG']! });
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('k8s_apply');
      const namespaces = { name: 'k8s_get', arguments: { resource_type: 'namespaces' } };
      expect(JSON.stringify(await client.callTool(namespaces))).toContain('kube-system');
    } finally {
      await client.close();
    }
  });

  it('only looks if its user says so, and keeps to a policy', async () => {
    const kubeconfig = testSandbox().env['KUBECONFIG']!;
    const [looking, bound] = await Promise.all([
      connect({ kubeconfig, read_only: 'true' }),
      connect({ kubeconfig, policy: 'read-only' }),
    ]);
    try {
      const { tools } = await looking.listTools();
      expect(tools.filter(({ annotations }) => !annotations?.readOnlyHint)).toEqual([]);
      const scale = { name: 'web', resource_type: 'deployment', namespace: 'shop', replicas: 3 };
      expect(await bound.callTool({ name: 'k8s_scale', arguments: scale })).toMatchObject({
        isError: true,
        _meta: { 'skyflo/code': 'forbidden' },
      });
    } finally {
      await Promise.all([looking.close(), bound.close()]);
    }
  });
});
