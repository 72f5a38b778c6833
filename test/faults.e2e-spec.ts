import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox';
import { writeKubeconfig } from './support/kubeconfig.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';

let server: RunningServer;
let sandbox: Sandbox;
beforeAll(async () => {
  server = await startServer();
  sandbox = openSandbox(testSandbox().name) as Sandbox;
});
afterAll(() => server.stop());

const pods = () => execute(server.url, 'k8s_get', { resource_type: 'pods', namespace: 'shop' });
const timed = async <T>(work: Promise<T>): Promise<{ result: T; ms: number }> => {
  const startedAt = performance.now();
  return { result: await work, ms: performance.now() - startedAt };
};

describe('while the API server is away', () => {
  it(
    'answers "unavailable" soon, stays up, and recovers by itself',
    { timeout: 120_000 },
    async () => {
      expect(await pods()).toMatchObject({ status: 200 });
      await sandbox.stopProcess('kube-apiserver');
      try {
        const { result, ms } = await timed(pods());
        expect(result).toMatchObject({
          status: 503,
          body: { code: 'unavailable', retryable: true },
        });
        expect(result.body.detail).toContain(sandbox.name);
        expect(ms).toBeLessThan(20_000);
        const described = await timed(
          execute(server.url, 'k8s_describe', {
            resource_type: 'deploy',
            name: 'web',
            namespace: 'shop',
          }),
        );
        expect(described.result).toMatchObject({ status: 503, body: { code: 'unavailable' } });
        expect(described.ms).toBeLessThan(20_000);
        expect((await fetch(`${server.url}/health`)).status).toBe(200);
        expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
      } finally {
        await sandbox.startProcess('kube-apiserver');
      }
      await expect.poll(async () => (await pods()).status, { timeout: 30_000 }).toBe(200);
      await expect
        .poll(async () => (await fetch(`${server.url}/health/ready`)).status, { timeout: 30_000 })
        .toBe(200);
    },
  );

  it('starts all the same', { timeout: 120_000 }, async () => {
    await sandbox.stopProcess('kube-apiserver');
    try {
      const late = await startServer();
      expect(await execute(late.url, 'k8s_get', { resource_type: 'pods' })).toMatchObject({
        status: 503,
      });
      await late.stop();
    } finally {
      await sandbox.startProcess('kube-apiserver');
    }
  });
});

describe('while the API server hangs', () => {
  it('holds up nobody else', { timeout: 120_000 }, async () => {
    expect(await pods()).toMatchObject({ status: 200 });
    sandbox.pauseProcess('kube-apiserver');
    let hanging: ReturnType<typeof pods>[] = [];
    try {
      hanging = Array.from({ length: 40 }, pods);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const health = await timed(fetch(`${server.url}/health`));
      expect(health.result.status).toBe(200);
      expect(health.ms).toBeLessThan(10_000);
      const wait = await timed(execute(server.url, 'wait_for_x_seconds', { seconds: 1 }));
      expect(wait.result.status).toBe(200);
      expect(wait.ms).toBeLessThan(15_000);
    } finally {
      sandbox.resumeProcess('kube-apiserver');
    }
    for (const { status } of await Promise.all(hanging)) expect([200, 503]).toContain(status);
    await expect.poll(async () => (await pods()).status, { timeout: 30_000 }).toBe(200);
  });
});

describe('without the right to do it', () => {
  it('says which verb on which resource', async () => {
    const account = 'system:serviceaccount:shop:nobody';
    const token = (
      await sandbox
        .kubectl(['create', 'serviceaccount', 'nobody', '-n', 'shop'])
        .then(() => sandbox.kubectl(['create', 'token', 'nobody', '-n', 'shop']))
    ).trim();
    const limited = await startServer({ KUBECONFIG: await kubeconfigWith(sandbox, token) });
    try {
      const { status, body } = await execute(limited.url, 'k8s_get', {
        resource_type: 'pods',
        namespace: 'shop',
      });
      expect(status).toBe(403);
      expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining(account) });
      expect(body.detail).toContain('cannot list resource "pods"');
      expect(JSON.stringify(limited.log)).not.toContain(token);
    } finally {
      await limited.stop();
      await sandbox.kubectl(['delete', 'serviceaccount', 'nobody', '-n', 'shop']);
    }
  });
});

async function kubeconfigWith(from: Sandbox, token: string): Promise<string> {
  const { clusters } = JSON.parse(
    await from.kubectl(['config', 'view', '--raw', '-o', 'json']),
  ) as { clusters: { name: string }[] };
  return writeKubeconfig({
    clusters,
    users: [{ name: 'nobody', user: { token } }],
    contexts: [{ name: 'limited', context: { cluster: clusters[0]?.name ?? '', user: 'nobody' } }],
    'current-context': 'limited',
  });
}
