import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entriesFor, useAuditFiles } from './support/audit.js';
import { ExecutionsApi } from './support/executions.js';
import { createObjects, workload } from './support/manifest.js';
import { startServer, type RunningServer } from './support/server.js';
import { useNamespace } from './support/use-namespace.js';

const own = useNamespace('waiting-writes');
const files = useAuditFiles();

let server: RunningServer;
let api: ExecutionsApi;
const start = async () => {
  server = await startServer({
    ...files.env,
    MAX_RUNNING: '1',
    MAX_WAITS: '2',
    CALLER_SHARE_PERCENT: '100',
  });
  api = new ExecutionsApi(server);
};
beforeAll(start);
afterAll(() => server.stop());

const NAME = 'web';
const MADE = /deployment\.apps\/web image updated \(app: /;

let changes = 0;

/** A change whose rollout never ends. */
const change = (wait_seconds: number) =>
  [
    'k8s_set_image',
    {
      namespace: own.name,
      resource_type: 'deployment',
      resource_name: NAME,
      container_images: `app=registry.example.com/app-${++changes}:invalid-tag`,
      wait_seconds,
    },
  ] as const;
const image = () => own.stored(`deployment/${NAME}`, '{.spec.template.spec.containers[0].image}');

/** Starts a change, until it waits for its rollout. */
async function startWaiting(): Promise<string> {
  const id = await api.start(...change(60));
  await expect.poll(async () => (await api.get(id)).body.result).toMatch(MADE);
  return id;
}

beforeEach(async () => {
  await own.kubectl('delete', 'deployments', '--all');
  await createObjects(
    workload('Deployment', { namespace: own.name, name: NAME }, { app: 'nginx:1' }),
  );
});

describe('a write that waits for its rollout', () => {
  it('leaves its place to others, and is refused before it changes anything if too many wait', async () => {
    const waiting = [await startWaiting(), await startWaiting()];
    const { status } = await api.run('k8s_get', { resource_type: 'pods', namespace: own.name });
    expect(status).toBe(200);
    await own.kubectl('set', 'image', `deployment/${NAME}`, 'app=nginx:2');
    const refused = await api.run(...change(60));
    expect([refused.status, refused.body['code']]).toEqual([429, 'busy']);
    expect(await image()).toBe('nginx:2');
    for (const id of waiting) await api.finished(id);
    expect((await api.run(...change(1))).status).toBe(200);
  });

  it('says when it is cancelled that the change was made', async () => {
    const id = await startWaiting();
    await api.cancel(id);
    const { status, error, result } = await api.finished(id);
    expect(status).toBe('cancelled');
    expect(error?.detail).toMatch(/The change was made before; only the wait .* ended\.$/);
    expect(result).toMatch(MADE);
    expect(await image()).toMatch(/invalid-tag$/);
    const call = (await entriesFor(server, id, 4)).findLast(({ objects }) => objects);
    expect(call?.outcome).toBe('done');
  });

  it('says so too at the time limit of its caller', async () => {
    const [tool, args] = change(60);
    const url = `${server.url}/engine/v1/tools/k8s/${tool}/execute?time_limit_seconds=2`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(args) });
    const { code, detail, output } = (await response.json()) as Record<string, string>;
    expect([response.status, code]).toEqual([504, 'timeout']);
    expect(detail).toMatch(/limit of 2 s\. The change was made before; only the wait/);
    expect(output).toMatch(MADE);
  });

  it('is known to be made when the server is killed meanwhile', async () => {
    const id = await startWaiting();
    // It is stored in the background, but at once.
    await expect.poll(async () => (await entriesFor(server, id, 4)).length).toBe(4);
    await server.stop('SIGKILL');
    await start();
    const { status, error, result } = (await api.get(id)).body;
    expect(status).toBe('interrupted');
    expect(error?.detail).toMatch(/All of them were made before; it was not run again\.$/);
    expect(result).toMatch(MADE);
    const outcomes = (await entriesFor(server, id, 4)).flatMap(({ outcome }) => outcome ?? []);
    expect(outcomes).toEqual(['done', 'done']);
  });
});
