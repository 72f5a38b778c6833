import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { silentReporter, startSandbox, type Sandbox } from '#sandbox';
import { writeKubeconfig, type Kubeconfig } from './support/kubeconfig.js';
import { kubectl } from './support/kubectl.js';
import { CLIENTS } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { canary } from './support/rollouts.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';

interface Listed {
  name: string;
  category: string;
  available: boolean;
  unavailable_reason?: string;
}

interface Definition {
  metadata: { name: string };
  spec: { versions: { subresources?: { status?: object } }[] };
}

const ROLLOUTS = 'rollouts.argoproj.io';

/** A cluster of its own, as the others need theirs with Argo Rollouts. */
let sandbox: Sandbox;
let server: RunningServer;
let definition: Definition;
beforeAll(async () => {
  const name = `bare-${process.pid}`;
  sandbox = await startSandbox({ name, ephemeral: true, report: silentReporter });
  const definitions = join(sandbox.binDir, 'manifests', 'argo-crds.yaml');
  definition = parseAllDocuments(await readFile(definitions, 'utf8'))
    .map((document) => document.toJS() as Definition)
    .find(({ metadata }) => metadata.name === ROLLOUTS)!;
  // Nobody to give the rollouts here a status but the test.
  await sandbox.stopProcess('rollouts-controller');
  await sandbox.kubectl(['delete', '-f', definitions]);
  server = await startServer(sandbox.env);
});
afterAll(async () => {
  await server.stop();
  await sandbox.stop();
});

const install = () => sandbox.kubectl(['create', '-f', '-'], { input: JSON.stringify(definition) });
const uninstall = () => sandbox.kubectl(['delete', 'crd', ROLLOUTS]);
const call = (tool: string, args: object) => execute(server.url, tool, { ...args });
const listed = async (url = server.url): Promise<Listed[]> => {
  const { tools } = (await (await fetch(`${url}/engine/v1/tools`)).json()) as { tools: Listed[] };
  return tools;
};
const argoTools = async (url?: string) =>
  (await listed(url)).filter(({ category }) => category === 'argo');

describe('a cluster without Argo Rollouts', () => {
  it('has its tools listed as not available, and all others as before', async () => {
    const tools = await listed();
    for (const { category, available, unavailable_reason } of tools) {
      expect([category, available]).toEqual([category, category !== 'argo']);
      if (category === 'argo') expect(unavailable_reason).toContain('install.yaml');
    }
    expect((await argoTools()).length).toBe(15);
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      expect.objectContaining({
        status: 'degraded',
        missing: [
          {
            reason: expect.stringContaining('Argo Rollouts is not installed'),
            tools: expect.arrayContaining(['argo_status', 'argo_get_analysisrun']),
          },
        ],
      }),
    ]);
  });

  it('is told how to get it by a call, over REST and MCP', async () => {
    const { status, body } = await call('argo_list_rollouts', {});
    expect([status, body.code, body['retryable']]).toEqual([503, 'unavailable', false]);
    expect(body.detail).toMatch(
      /argo_list_rollouts cannot run: Argo Rollouts is not installed.*kubectl apply/,
    );
    const mcp = await CLIENTS['2026 over Streamable HTTP']!(server);
    const result = await mcp.call('argo_promote', { name: 'web' });
    expect(result).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'unavailable' } });
    await mcp.close();
  });

  it('is no matter to another context', async () => {
    const parts = await Promise.all(
      [testSandbox().env['KUBECONFIG'], sandbox.kubeconfig].map(
        async (path) =>
          JSON.parse(
            await kubectl('config', 'view', '--raw', '-o', 'json', `--kubeconfig=${path}`),
          ) as { clusters: { cluster: object }[]; users: { user: object }[] },
      ),
    );
    const names = ['with', 'without'];
    const kubeconfig: Kubeconfig = {
      clusters: parts.map(({ clusters: [one] }, index) => ({ ...one, name: names[index] })),
      users: parts.map(({ users: [one] }, index) => ({ ...one, name: names[index] })),
      contexts: names.map((one) => ({ name: one, context: { cluster: one, user: one } })),
      'current-context': 'without',
    };
    const both = await startServer({ KUBECONFIG: await writeKubeconfig(kubeconfig) });
    expect((await argoTools(both.url)).every(({ available }) => available)).toBe(true);
    const status = (context?: string) => execute(both.url, 'argo_list_rollouts', { context });
    expect(await status('with')).toMatchObject({ status: 200 });
    for (const context of ['without', undefined]) {
      expect(await status(context)).toMatchObject({
        status: 503,
        body: { detail: expect.stringContaining('the context without') },
      });
    }
    const ready = await (await fetch(`${both.url}/health/ready`)).json();
    expect(ready).toMatchObject({ status: 'degraded', contexts: { with: 'ok', without: 'ok' } });
    await both.stop();
  });

  it('gets the tools without a restart once Argo Rollouts is there, and loses them with it', async () => {
    const client = await CLIENTS['2026 over Streamable HTTP']!(server);
    const isMarked = async () => {
      const tools = await client.listTools();
      const { _meta } = tools.find(({ name }) => name === 'argo_promote')!;
      return (_meta as Record<string, unknown>)['skyflo/available'] === false;
    };
    expect(await isMarked()).toBe(true);
    let told = 0;
    await client.onToolsChanged(() => (told += 1));
    await install();
    await vi.waitFor(
      async () => expect(await call('argo_list_rollouts', {})).toMatchObject({ status: 200 }),
      { timeout: 30_000, interval: 100 },
    );
    await vi.waitFor(
      async () => expect((await argoTools()).every(({ available }) => available)).toBe(true),
      { timeout: 30_000, interval: 100 },
    );
    await expect.poll(() => told, { timeout: 30_000 }).toBe(1);
    expect(await isMarked()).toBe(false);
    await uninstall();
    // The API server serves the kind a moment longer.
    await expect
      .poll(() => call('argo_list_rollouts', {}))
      .toMatchObject({
        status: 503,
        body: { detail: expect.stringContaining('not installed') },
      });
    await expect
      .poll(async () => (await argoTools()).some(({ available }) => available))
      .toBe(false);
    await expect.poll(() => told, { timeout: 30_000 }).toBe(2);
    expect(await isMarked()).toBe(true);
    await client.close();
  });

  it('of a version whose rollouts have no status subresource gets spec and status in one patch', async () => {
    delete definition.spec.versions[0]?.subresources?.status;
    await install();
    const rollout = {
      ...canary({ namespace: 'default', name: 'old' }, [{ setWeight: 20 }, { pause: {} }], {
        paused: true,
      }),
      status: {
        currentPodHash: 'b',
        stableRS: 'a',
        currentStepIndex: 1,
        pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }],
      },
    };
    await vi.waitFor(
      () => sandbox.kubectl(['apply', '-f', '-'], { input: JSON.stringify(rollout) }),
      { timeout: 30_000, interval: 100 },
    );
    await vi.waitFor(
      async () =>
        expect(await call('argo_promote', { name: 'old' })).toMatchObject({
          status: 200,
          body: { result: expect.stringContaining('-  pauseConditions:') },
        }),
      { timeout: 30_000, interval: 100 },
    );
    const live = JSON.parse(await sandbox.kubectl(['get', 'rollout', 'old', '-o', 'json'])) as {
      spec: { paused: boolean };
      status: object;
    };
    expect(live.spec.paused).toBe(false);
    expect(live.status).toEqual({ currentPodHash: 'b', stableRS: 'a', currentStepIndex: 1 });
  });
});
