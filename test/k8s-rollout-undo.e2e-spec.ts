import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createObjects, workload } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const TOOL = 'k8s_rollout_undo';

const own = useNamespace('rollbacks');
const namespace = own.name;
beforeAll(() => {
  const named = (name: string) => ({ namespace, name });
  return createObjects(
    workload('Deployment', named('history'), { app: 'app:1' }),
    workload('Deployment', named('paused'), { app: 'app:1' }, { paused: true }),
  );
});
const server = useServer({ defaults: { namespace } });

type Args = Record<string, unknown>;
const call = (args: Args) => server.call(TOOL, args);
const undone = async (args: Args) => textOf(await call(args));
const imagesOf = (target: string) =>
  own.stored(target, '{.spec.template.spec.containers[*].image}');
const revisionOf = (name: string) =>
  own.stored(`deployment/${name}`, '{.metadata.annotations.deployment\\.kubernetes\\.io/revision}');
const history = () => own.kubectl('rollout', 'history', 'deployment/history');

/** Waits until it is so, for ten seconds at most. */
const until = (isSo: () => Promise<boolean>) =>
  vi.waitUntil(isSo, { timeout: 10_000, interval: 100 });

describe('k8s_rollout_undo', () => {
  const setImage = (kind: string, name: string, image: string) =>
    own.kubectl('set', 'image', `${kind}/${name}`, `*=${image}`);
  const cause = (text: string) =>
    own.kubectl(
      'annotate',
      'deployment/history',
      `kubernetes.io/change-cause=${text}`,
      '--overwrite',
    );
  const target = { name: 'history', resource_type: 'deployment' };

  /** Releases an image, and waits until the history tells of it. */
  const release = async (revision: number, image: string) => {
    await setImage('deployment', 'history', image);
    await until(async () => (await revisionOf('history')) === `${revision}`);
    await cause(`release ${image}`);
    await until(async () => (await history()).includes(`release ${image}`));
  };

  beforeAll(async () => {
    await release(1, 'app:1');
    await release(2, 'app:2');
    await release(3, 'app:3');
  });

  it('shows in a dry run what would change, and changes nothing', async () => {
    const text = await undone({ ...target, to_revision: 1, dry_run: true });
    expect(text).toMatch(/rolled back from revision 3 to revision 1 \(dry run/);
    expect(text).toContain('-      - image: app:3\n+      - image: app:1');
    expect(await imagesOf('deployment/history')).toBe('app:3');
  });

  it('goes back to the revision before, with its change cause and without the hash of its ReplicaSet', async () => {
    const text = await undone(target);
    expect(text).toMatch(/^deployment\.apps\/history rolled back from revision 3 to revision 2\n/);
    expect(text).toContain('-      - image: app:3\n+      - image: app:2');
    expect(await imagesOf('deployment/history')).toBe('app:2');
    expect(await own.stored('deployment/history', '{.spec.template.metadata.labels}')).toBe(
      '{"app":"history"}',
    );
    await vi.waitFor(async () => expect(await revisionOf('history')).toBe('4'), 30_000);
    expect(await history()).toMatch(/^4\s+release app:2$/m);
  });

  it('goes back to the revision that is named, over MCP', async () => {
    expect(await server.textOverMcp(TOOL, { ...target, to_revision: 1 })).toMatch(
      /from revision 4 to revision 1\n/,
    );
    expect(await imagesOf('deployment/history')).toBe('app:1');
    await vi.waitFor(async () => expect(await revisionOf('history')).toBe('5'), 30_000);
    expect(await undone({ ...target, to_revision: 5 })).toMatch(
      /already as revision 5 says; nothing to change/,
    );
  });

  it('lists the revisions there are', async () => {
    expect(await call({ ...target, to_revision: 99 })).toMatchObject({
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
    const revisions = () => own.names('controllerrevisions', '-l', `app=${name}`);
    await createObjects(workload(kindName, { namespace, name }, { app: 'app:1' }));
    await vi.waitFor(async () => expect(await revisions()).toHaveLength(1), 30_000);
    expect(await call({ name, resource_type: kind })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('no earlier revision') },
    });
    await setImage(kind, name, 'app:2');
    await vi.waitFor(async () => expect(await revisions()).toHaveLength(2), 30_000);
    const args = { name, resource_type: kind.toUpperCase() };
    expect(await undone({ ...args, dry_run: true })).toContain(
      '-      - image: app:2\n+      - image: app:1',
    );
    expect(await imagesOf(`${kind}/${name}`)).toBe('app:2');
    expect(await undone(args)).toMatch(/from revision 2 to revision 1\n/);
    expect(await imagesOf(`${kind}/${name}`)).toBe('app:1');
  });
});
