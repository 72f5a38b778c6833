import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.js';
import { kubectl } from './support/kubectl.js';
import { sandboxAccess, writeContext, writeKubeconfig } from './support/kubeconfig.js';
import { useCheck } from './support/use-check.js';
import { useNamespace } from './support/use-namespace.js';

const { run, check } = useCheck();

describe('check of clusters', () => {
  const own = useNamespace('check-test');
  let silent: Server;
  beforeAll(async () => {
    silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await own.kubectl('create', 'serviceaccount', 'nobody');
    await own.kubectl('create', 'serviceaccount', 'reader');
    const binding = ['--clusterrole=view', '--serviceaccount=check-test:reader'];
    await own.kubectl('create', 'rolebinding', 'reader', ...binding);
  });
  afterAll(() => silent.close());

  const contextOf = async (account: string) => {
    const { cluster } = await sandboxAccess();
    const token = (await kubectl('-n', 'check-test', 'create', 'token', account)).trim();
    const contexts = [
      { name: 'only', context: { cluster: 'only', user: 'only', namespace: 'check-test' } },
    ];
    const KUBECONFIG = await writeKubeconfig({
      clusters: [{ name: 'only', cluster }],
      users: [{ name: 'only', user: { token } }],
      contexts,
      'current-context': 'only',
    });
    return { KUBECONFIG, token };
  };

  it('does not let a dead or a silent one hold up the others', async () => {
    const { cluster, user } = await sandboxAccess();
    const { port } = silent.address() as AddressInfo;
    const server = (at: number) => ({ server: `https://127.0.0.1:${at}` });
    const names = ['alive', 'dead', 'silent'];
    const KUBECONFIG = await writeKubeconfig({
      clusters: [
        { name: 'alive', cluster },
        { name: 'dead', cluster: server(await freePort()) },
        { name: 'silent', cluster: server(port) },
      ],
      users: [{ name: 'me', user }],
      contexts: names.map((name) => ({ name, context: { cluster: name, user: 'me' } })),
      'current-context': 'alive',
    });
    const { checks, crosses, stdout } = await check({ KUBECONFIG });
    expect(crosses.map(({ area, name }) => [area, name])).toEqual([
      ['Context dead', 'API server'],
      ['Context silent', 'API server'],
    ]);
    expect(crosses[0]!.todo).toContain('kubectl --context dead version');
    const alive = checks.filter(({ area }) => area === 'Context alive (default)');
    expect(alive.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    for (const secret of Object.values(user)) expect(stdout).not.toContain(secret);

    const { checks: chosen } = await check({ KUBECONFIG }, '--context', 'alive');
    expect(chosen.filter(({ area }) => /dead|silent/.test(area))).toEqual([]);
    const { code, stderr } = await run(['check', '--context=alife'], { KUBECONFIG });
    expect([code, stderr]).toEqual([
      2,
      'There is no context "alife" in the kubeconfig. Nearest: alive.\n',
    ]);
  });

  it('says that an account has no rights', async () => {
    const { KUBECONFIG, token } = await contextOf('nobody');
    const { crosses, checks, stdout } = await check({ KUBECONFIG });
    expect(crosses).toMatchObject([
      { name: 'rights', says: expect.stringMatching(/^none that a tool needs.*check-test$/) },
    ]);
    expect(checks.find(({ name }) => name === 'identity')!.says).toContain(
      'system:serviceaccount:check-test:nobody',
    );
    expect(stdout).not.toContain(token);
  });

  it('sums up the rights of an account that may only look, in one namespace', async () => {
    const { KUBECONFIG } = await contextOf('reader');
    const { checks, crosses } = await check({ KUBECONFIG });
    expect(crosses).toEqual([]);
    const { state, says } = checks.find(({ name }) => name === 'rights')!;
    expect(state).toBe('note');
    expect(says).toMatch(/^as read-only in the namespace check-test, but these cannot work: /);
    expect(says).toContain('helm_get_manifest (may not list secrets)');
    expect(says).not.toContain('k8s_logs');
  });

  it('says that credentials are refused', async () => {
    const { cluster } = await sandboxAccess();
    const KUBECONFIG = await writeContext(cluster, { token: 'wrong' });
    const { crosses, stdout } = await check({ KUBECONFIG });
    expect(crosses).toMatchObject([{ name: 'API server', says: expect.stringContaining('401') }]);
    expect(stdout).not.toContain('wrong');
  });
});
