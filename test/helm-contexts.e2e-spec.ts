import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '#sandbox';
import { ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { writeKubeconfig, type Kubeconfig } from './support/kubeconfig.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';

const namespace = 'helm-contexts';
const IMPERSONATED = 'reader';

let other: Sandbox;
let server: RunningServer;
beforeAll(async () => {
  other = await startSandbox({ name: `other-${process.pid}`, ephemeral: true });
  const [here, there] = [testSandbox().env['KUBECONFIG'] ?? '', other.kubeconfig].map(
    (path) => parse(readFileSync(path, 'utf8')) as Kubeconfig & { users: { user: object }[] },
  );
  const named = (name: string, [entry]: object[]) => ({ ...entry, name });
  const kubeconfig = await writeKubeconfig({
    clusters: [named('here', here?.clusters ?? []), named('there', there?.clusters ?? [])],
    users: [
      named('here', here?.users ?? []),
      named('there', there?.users ?? []),
      { name: IMPERSONATED, user: { ...here?.users[0]?.user, as: IMPERSONATED } },
    ],
    contexts: [
      { name: 'here', context: { cluster: 'here', user: 'here' } },
      { name: 'there', context: { cluster: 'there', user: 'there' } },
      { name: IMPERSONATED, context: { cluster: 'here', user: IMPERSONATED } },
    ],
    'current-context': 'here',
  });
  server = await startServer({ KUBECONFIG: kubeconfig, ...ownHelmHome(namespace) });
}, 300_000);
afterAll(async () => {
  await server.stop();
  await other.stop({ purge: true });
  await kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
});

const call = async (tool: string, args: Record<string, unknown>) => {
  const { body } = await execute(server.url, tool, args);
  return { code: body.code, text: body.result ?? body.detail ?? '' };
};
const CHART = { chart: './cache', release_name: 'cache', namespace };
const DEPLOYMENTS = ['get', 'deployments', '-n', namespace, '-o', 'name'];

describe('with two clusters', () => {
  it('a release is made, read and removed on the one that `context` names', async () => {
    const there = { ...CHART, context: 'there' };
    expect((await call('helm_install', there)).text).toMatch(/STATUS: deployed/);
    expect(await other.kubectl(DEPLOYMENTS)).toContain('deployment.apps/cache');
    expect(await kubectl(...DEPLOYMENTS)).toBe('');
    const release = { release_name: 'cache', namespace };
    expect((await call('helm_status', release)).code).toBe('not_found');
    expect((await call('helm_history', { ...release, context: 'there' })).text).toContain(
      'deployed',
    );
    const upgrade = { ...there, values: 'replicas: 2', wait: false };
    expect((await call('helm_upgrade', upgrade)).text).toMatch(/has been upgraded/);
    const back = { ...release, context: 'there', revision: 1 };
    expect((await call('helm_rollback', back)).code).toBeUndefined();
    expect((await call('helm_uninstall', { ...release, context: 'here' })).code).toBe('not_found');
    expect((await call('helm_uninstall', { ...release, context: 'there' })).code).toBeUndefined();
    expect(await other.kubectl(DEPLOYMENTS)).toBe('');
  });

  it('the user that a context impersonates decides what helm may do', async () => {
    const context = IMPERSONATED;
    const denied = await call('helm_list_releases', { namespace: 'shop', context });
    expect([denied.code, denied.text]).toEqual([
      'forbidden',
      expect.stringContaining(IMPERSONATED),
    ]);
    await kubectl('create', 'namespace', namespace);
    const allow = ['--verb=get,list', '--resource=secrets', '-n', namespace];
    await kubectl('create', 'role', 'read', ...allow);
    const binding = ['--role=read', `--user=${IMPERSONATED}`, '-n', namespace];
    await kubectl('create', 'rolebinding', 'read', ...binding);
    expect((await call('helm_list_releases', { namespace, context })).code).toBeUndefined();
    const install = await call('helm_install', { ...CHART, context, create_namespace: false });
    expect([install.code, install.text]).toEqual([
      'forbidden',
      expect.stringContaining(IMPERSONATED),
    ]);
    expect(await kubectl('get', 'configmaps,secrets', '-n', namespace, '-o', 'name')).not.toContain(
      'cache',
    );
  });
});
