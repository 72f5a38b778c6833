import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { createObjects, namespace as namespaceOf, workload } from './support/manifest.js';
import { CLIENTS, type McpClient } from './support/mcp-clients.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

const namespace = 'rollbacks';

let server: RunningServer;
let mcp: McpClient;
beforeAll(async () => {
  const named = (name: string) => ({ namespace, name });
  await createObjects(namespaceOf(namespace));
  await createObjects(
    workload('Deployment', named('history'), { app: 'app:1' }),
    workload('Deployment', named('paused'), { app: 'app:1' }, { paused: true }),
  );
  server = await startServer();
  mcp = await CLIENTS['2025 over Streamable HTTP']!(server);
});
afterAll(async () => {
  await mcp.close();
  await server.stop();
  await kubectl('delete', 'namespace', namespace, '--wait=false');
});

type Args = Record<string, unknown>;
const call = (args: Args) => execute(server.url, 'k8s_rollout_undo', { namespace, ...args });
const textOf = async (args: Args): Promise<string> => {
  const { status, body } = await call(args);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
};
/** What the API server has at a JSON path of an object, as kind/name. */
const stored = (target: string, path: string) =>
  kubectl('get', target, '-n', namespace, '-o', `jsonpath=${path}`);
const imagesOf = (target: string) => stored(target, '{.spec.template.spec.containers[*].image}');
const revisionOf = (name: string) =>
  stored(`deployment/${name}`, '{.metadata.annotations.deployment\\.kubernetes\\.io/revision}');

/** Waits until it is so, for ten seconds at most. */
const until = (isSo: () => Promise<boolean>) =>
  vi.waitUntil(isSo, { timeout: 10_000, interval: 100 });

describe('k8s_rollout_undo', () => {
  const setImage = (kind: string, name: string, image: string) =>
    kubectl('set', 'image', `${kind}/${name}`, `*=${image}`, '-n', namespace);
  const cause = (text: string) =>
    kubectl(
      'annotate',
      'deployment/history',
      `kubernetes.io/change-cause=${text}`,
      '-n',
      namespace,
      '--overwrite',
    );
  const history = { name: 'history', resource_type: 'deployment' };

  /** Releases an image, and waits until the history tells of it. */
  const release = async (revision: number, image: string) => {
    await setImage('deployment', 'history', image);
    await until(async () => (await revisionOf('history')) === `${revision}`);
    await cause(`release ${image}`);
    await until(async () =>
      (await kubectl('rollout', 'history', 'deployment/history', '-n', namespace)).includes(
        `release ${image}`,
      ),
    );
  };

  beforeAll(async () => {
    await release(1, 'app:1');
    await release(2, 'app:2');
    await release(3, 'app:3');
  });

  it('shows in a dry run what would change, and changes nothing', async () => {
    const text = await textOf({ ...history, to_revision: 1, dry_run: true });
    expect(text).toMatch(/rolled back from revision 3 to revision 1 \(dry run/);
    expect(text).toContain('-      - image: app:3\n+      - image: app:1');
    expect(await imagesOf('deployment/history')).toBe('app:3');
  });

  it('goes back to the revision before, with its change cause and without the hash of its ReplicaSet', async () => {
    const text = await textOf(history);
    expect(text).toMatch(/^deployment\.apps\/history rolled back from revision 3 to revision 2\n/);
    expect(text).toContain('-      - image: app:3\n+      - image: app:2');
    expect(await imagesOf('deployment/history')).toBe('app:2');
    expect(await stored('deployment/history', '{.spec.template.metadata.labels}')).toBe(
      '{"app":"history"}',
    );
    await vi.waitFor(async () => expect(await revisionOf('history')).toBe('4'), 10_000);
    const listed = await kubectl('rollout', 'history', 'deployment/history', '-n', namespace);
    expect(listed).toMatch(/^4\s+release app:2$/m);
  });

  it('goes back to the revision that is named, over MCP', async () => {
    const { content, isError } = await mcp.call('k8s_rollout_undo', {
      ...history,
      namespace,
      to_revision: 1,
    });
    expect([isError ?? false, content[0]?.text]).toEqual([
      false,
      expect.stringMatching(/from revision 4 to revision 1\n/),
    ]);
    expect(await imagesOf('deployment/history')).toBe('app:1');
    await vi.waitFor(async () => expect(await revisionOf('history')).toBe('5'), 10_000);
    expect(await textOf({ ...history, to_revision: 5 })).toMatch(
      /already as revision 5 says; nothing to change/,
    );
  });

  it('lists the revisions there are', async () => {
    expect(await call({ ...history, to_revision: 99 })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: expect.stringContaining('There are 3, 4, 5;') },
    });
    expect(await call({ name: 'nothing', resource_type: 'statefulset' })).toMatchObject({
      status: 404,
    });
  });

  it('refuses a paused deployment', async () => {
    expect(await call({ name: 'paused', resource_type: 'deployment' })).toMatchObject({
      status: 412,
      body: { code: 'precondition' },
    });
  });

  it.each([
    ['statefulset', 'ledger'],
    ['daemonset', 'probe'],
  ])('brings a %s back', async (kind, name) => {
    const kindName = kind === 'daemonset' ? 'DaemonSet' : 'StatefulSet';
    const revisions = async () =>
      (
        await kubectl(
          'get',
          'controllerrevisions',
          '-n',
          namespace,
          '-l',
          `app=${name}`,
          '-o',
          'name',
        )
      )
        .trim()
        .split('\n').length;
    await createObjects(workload(kindName, { namespace, name }, { app: 'app:1' }));
    await vi.waitFor(async () => expect(await revisions()).toBe(1), 10_000);
    expect(await call({ name, resource_type: kind })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('no revision before') },
    });
    await setImage(kind, name, 'app:2');
    await vi.waitFor(async () => expect(await revisions()).toBe(2), 10_000);
    const args = { name, resource_type: kind.toUpperCase() };
    expect(await textOf({ ...args, dry_run: true })).toContain(
      '-      - image: app:2\n+      - image: app:1',
    );
    expect(await imagesOf(`${kind}/${name}`)).toBe('app:2');
    expect(await textOf(args)).toMatch(/from revision 2 to revision 1\n/);
    expect(await imagesOf(`${kind}/${name}`)).toBe('app:1');
  });
});
