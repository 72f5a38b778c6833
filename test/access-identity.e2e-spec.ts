import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjects } from './support/manifest.js';
import { bearer } from './support/mcp-clients.js';
import { categoryOf } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { SERVER_BIN } from './support/server-process.js';
import { startServer, type RunningServer } from './support/server.js';
import { useNamespace } from './support/use-namespace.js';

const own = useNamespace('access-identity');

let key: string;
let env: Record<string, string>;
let server: RunningServer;
beforeAll(async () => {
  env = {
    AUTH: '',
    POLICY_FILE: 'admin',
    XDG_STATE_HOME: join(testSandbox().folder, `identity-${process.pid}`),
  };
  const args = ['key', 'new', '--principal', 'alice', '--groups', 'shop-team'];
  const own_env = { ...process.env, ...env, KUBECONFIG: 'none' };
  key = execFileSync(SERVER_BIN, args, { env: own_env, encoding: 'utf8', stdio: 'pipe' }).trim();
  server = await startServer({ ...env, CLUSTER_IDENTITY: '*=impersonate' });
  const rbac = 'rbac.authorization.k8s.io';
  await createObjects({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'shop-team', namespace: own.name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' },
    subjects: [{ apiGroup: rbac, kind: 'Group', name: 'shop-team' }],
  });
});
afterAll(() => server.stop());

async function call(tool: string, args: object, { url } = server) {
  const answer = await fetch(`${url}/engine/v1/tools/${categoryOf(tool)}/${tool}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(key) },
    body: JSON.stringify(args),
  });
  return (await answer.json()) as { code?: string; detail?: string; result?: string };
}

describe('a context that impersonates', () => {
  it('lets the caller do what its groups may do in the cluster', async () => {
    const get = await call('k8s_get', { resource_type: 'configmaps', namespace: own.name });
    expect(get.result).toContain('kube-root-ca.crt');
    const configMap = { name: 'kube-root-ca.crt', resource_type: 'configmap' };
    const described = await call('k8s_describe', { ...configMap, namespace: own.name });
    expect(described.result).toContain('Name:');
  });

  it.each([
    ['a tool of this server', 'k8s_get', { resource_type: 'configmaps', namespace: 'shop' }],
    ['kubectl', 'k8s_describe', { name: 'web', resource_type: 'deployment', namespace: 'shop' }],
    ['Helm', 'helm_list_releases', { namespace: 'shop' }],
    [
      'a write',
      'k8s_apply',
      { content: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}' },
    ],
  ])('lets it do no more, and names it: by %s', async (_what, tool, args) => {
    const { code, detail } = await call(tool, args);
    expect([code, detail]).toEqual(['forbidden', expect.stringContaining('"alice"')]);
  });
});

describe('a context that passes the token on', () => {
  it('is refused to a caller without one of the issuer', async () => {
    const other = await startServer({ ...env, CLUSTER_IDENTITY: '*=passthrough' });
    const { code, detail } = await call('k8s_get', { resource_type: 'pods' }, other);
    await other.stop();
    expect([code, detail]).toEqual(['forbidden', expect.stringContaining('token of the caller')]);
  });
});
