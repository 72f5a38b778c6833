import { describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { useServer } from './support/use-server.js';

const server = useServer();
const { call, textOf } = server;

describe('k8s_rollout_status', () => {
  it.each([
    ['deployment', 'web'],
    ['daemonset', 'node-agent'],
    ['statefulset', 'postgres'],
  ])('says that a %s is rolled out', async (resource_type, name) => {
    const text = await textOf('k8s_rollout_status', { name, namespace: 'shop', resource_type });
    const [first, facts, ...more] = text.split('\n');
    expect(first).toBe(`${resource_type} "${name}" successfully rolled out`);
    expect(facts).toMatch(
      /^(\d) desired, \1 updated, \1 ready, \1 available; (took|last changed) .+; images \w+=\S+$/,
    );
    expect(more).toEqual([]);
  });

  it('ends at its time limit and says where it stands', async () => {
    const text = await textOf('k8s_rollout_status', {
      name: 'payments',
      namespace: 'shop',
      timeout_seconds: 2,
    });
    expect(text).toContain('1 of 2 replicas are updated');
    expect(text).toContain('is not finished after 2 s');
  });

  it('sees a rollout through', async () => {
    await kubectl(
      'create',
      'deployment',
      'rolling',
      '-n',
      'billing',
      '--image=nginx:1',
      '--replicas=3',
    );
    const waiting = textOf('k8s_rollout_status', {
      name: 'rolling',
      namespace: 'billing',
      timeout_seconds: 60,
    });
    const [end, facts] = (await waiting).split('\n').slice(-2);
    expect(end).toBe('deployment "rolling" successfully rolled out');
    expect(facts).toMatch(
      /^3 desired, 3 updated, 3 ready, 3 available; took \d+s; images nginx=nginx:1$/,
    );
    await kubectl('delete', 'deployment', 'rolling', '-n', 'billing');
  });

  it('says so when the workload is deleted meanwhile', async () => {
    await kubectl(
      'create',
      'deployment',
      'doomed',
      '-n',
      'billing',
      '--image=registry.example/app:invalid-tag',
    );
    const begun = Promise.withResolvers<void>();
    const waiting = server.mcp.call(
      'k8s_rollout_status',
      { name: 'doomed', namespace: 'billing', timeout_seconds: 30 },
      { onprogress: () => begun.resolve() },
    );
    await begun.promise;
    await kubectl('delete', 'deployment', 'doomed', '-n', 'billing');
    expect(await waiting).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'not_found' } });
  });
});

describe('k8s_rollout_history', () => {
  const trimmed = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.trimEnd());

  it.each([
    ['deployment', 'web', {}, []],
    ['deployment', 'web', { revision: 2 }, ['--revision=2']],
    ['statefulset', 'postgres', {}, []],
    ['daemonset', 'node-agent', { revision: 1 }, ['--revision=1']],
  ])('prints what kubectl prints for %s/%s %o', async (resource_type, name, more, flags) => {
    const text = await textOf('k8s_rollout_history', {
      resource_type,
      name,
      namespace: 'shop',
      ...more,
    });
    const printed = await kubectl(
      'rollout',
      'history',
      `${resource_type}/${name}`,
      '-n',
      'shop',
      ...flags,
    );
    expect(trimmed(text)).toEqual(trimmed(printed));
  });

  it.each([
    [{ resource_type: 'deployment', name: 'nope' }, 404],
    [{ resource_type: 'cronjob', name: 'web' }, 422],
    [{ resource_type: 'deployment', name: 'web', revision: 99 }, 422],
  ])('refuses %o', async (args, expected) => {
    const { status } = await call('k8s_rollout_history', { namespace: 'shop', ...args });
    expect(status).toBe(expected);
  });
});
