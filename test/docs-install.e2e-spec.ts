import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { codeBlocks } from './support/code-blocks.js';
import { podEnvironment, secretData } from './support/installed-chart.js';
import { sendTo } from './support/https-client.js';
import { kubectl } from './support/kubectl.js';
import { bearer } from './support/mcp-clients.js';
import { testSandbox } from './support/sandbox.js';
import { SERVER_BIN } from './support/server-process.js';
import { startServer } from './support/server.js';
import { CHARTS, render, type Values } from './support/skyflo-chart.js';

const PAGE = 'docs/install.md';

/** A folder with the chart where the page has it, in which the commands leave their files. */
const folder = () => join(testSandbox().folder, 'docs-install');

beforeAll(() => {
  rmSync(folder(), { recursive: true, force: true });
  mkdirSync(join(folder(), 'bin'), { recursive: true });
  symlinkSync(CHARTS, join(folder(), 'charts'));
  symlinkSync(SERVER_BIN, join(folder(), 'bin/skyflo-mcp'));
});
afterAll(() => kubectl('delete', 'namespace', 'skyflo', '--ignore-not-found'));

/** Runs a block as it stands; `npx` would look for the package in the registry. */
async function runBlock(block: string): Promise<object> {
  const { env } = testSandbox();
  const PATH = [join(folder(), 'bin'), env['PATH']].join(delimiter);
  return execa('bash', ['-ec', block.replaceAll('npx skyflo-mcp', 'skyflo-mcp')], {
    cwd: folder(),
    env: { ...env, PATH },
    reject: false,
  });
}

describe('the commands in docs/install.md', () => {
  const blocks = codeBlocks(PAGE, 'bash');
  const isNewKey = (block: string) => block.includes('key new');

  it.each(blocks)('work: %s', async (block) => {
    expect(await runBlock(block)).toMatchObject({ exitCode: 0 });
    if (isNewKey(block)) await expectKey(readFileSync(join(folder(), 'ci-key'), 'utf8').trim());
  });

  it('are found', () => {
    expect(blocks.length).toBeGreaterThan(5);
    expect(blocks.filter(isNewKey)).toHaveLength(1);
  });
});

/** Starts the server as the pod would, which must take a key. */
async function expectKey(key: string): Promise<void> {
  const server = await startServer(await podEnvironment('skyflo', 'skyflo-mcp'));
  const { port } = new URL(server.url);
  const ca = (await secretData('skyflo', 'skyflo-mcp-tls'))['ca.crt'];
  const url = `https://localhost:${port}/engine/v1/tools`;
  const { status } = await sendTo(url, { ca, headers: bearer(key) });
  await server.stop();
  expect(status).toBe(200);
}

describe('the values in docs/install.md', () => {
  const DATABASE = { database: { existingSecret: 'postgres' } };

  it.each(codeBlocks(PAGE, 'yaml'))('are taken: %s', async (block) => {
    const values = parse(block) as Values;
    const objects = await render('autoscaling' in values ? { ...DATABASE, ...values } : values);
    expect(objects.map(({ kind }) => kind)).toContain('Deployment');
  });
});
