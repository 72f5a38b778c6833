import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGreeterChart } from './support/greeter-chart.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { useNamespace } from './support/use-namespace.js';

const own = useNamespace('access-gate');

/** A server on which everybody is an operator, who may do everything but give somebody rights. */
let server: RunningServer;
let charts: string;
beforeAll(async () => {
  charts = join(testSandbox().folder, `access-gate-charts-${process.pid}`);
  writeGreeterChart(charts, '1.0.0');
  server = await startServer({ POLICY_FILE: 'operator', HELM_CHARTS_DIR: charts });
});
afterAll(() => server.stop());

async function call(tool: string, args: Record<string, unknown>) {
  const { body } = await execute(server.url, tool, { namespace: own.name, ...args });
  return { code: body.code, text: `${body.detail ?? ''}${body.result ?? ''}` };
}

function apply(object: object): Promise<{ code: string | undefined; text: string }> {
  return call('k8s_apply', { content: JSON.stringify(object), namespace: undefined });
}

function podOf(name: string, spec: object) {
  const containers = [{ name: 'a', image: 'a:1' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: own.name },
    spec: { containers, ...spec },
  };
}

function deploymentOf(name: string, spec: object) {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: podOf(name, spec).spec };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: own.name },
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  };
}

const HOST_PATH = { volumes: [{ name: 'host', hostPath: { path: '/' } }] };
const CAPABLE = {
  containers: [
    { name: 'a', image: 'a:1', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } },
  ],
};

describe('an operator', () => {
  it('does the work of every day', async () => {
    expect((await apply(deploymentOf('plain', {}))).code).toBeUndefined();
    const args = { name: 'plain', resource_type: 'deployment' };
    expect((await call('k8s_scale', { ...args, replicas: 1 })).code).toBeUndefined();
    expect((await call('k8s_describe', args)).text).toContain('Name:');
    expect((await call('k8s_delete', args)).code).toBeUndefined();
  });

  it.each([
    [
      'a ClusterRoleBinding',
      () => ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: `${own.name}-admin` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
        subjects: [],
      }),
      /RBAC/,
    ],
    [
      'the same in a List',
      () => ({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'RoleBinding',
            metadata: { name: 'admin', namespace: own.name },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'admin' },
          },
        ],
      }),
      /RBAC/,
    ],
    ['a pod on a path of the host', () => podOf('host', HOST_PATH), /hostPath/],
    ['a pod with more capabilities', () => podOf('capable', CAPABLE), /SYS_ADMIN/],
    ['a pod in the network of the host', () => podOf('net', { hostNetwork: true }), /hostNetwork/],
    ['a Deployment of such pods', () => deploymentOf('host', HOST_PATH), /hostPath/],
    [
      'a token of a service account',
      () => ({
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: {
          name: 'token',
          namespace: own.name,
          annotations: { 'kubernetes.io/service-account.name': 'default' },
        },
      }),
      /token/,
    ],
    [
      'something in kube-system',
      () => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: own.name, namespace: 'kube-system' },
      }),
      /kube-system/,
    ],
    [
      'a Namespace',
      () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${own.name}-more` } }),
      /Namespace/,
    ],
  ])('cannot apply %s', async (_what, object, why) => {
    const { code, text } = await apply(object());
    expect([code, text]).toEqual(['forbidden', expect.stringMatching(why)]);
    expect(text).toMatch(/No rule of the policy allows/);
  });

  it.each(['json', 'merge', 'strategic'])(
    'cannot make a pod privileged by a %s patch',
    async (patch_type) => {
      const name = `patched-${patch_type}`;
      await apply(deploymentOf(name, {}));
      const template = { spec: { hostPID: true } };
      const patch =
        patch_type === 'json'
          ? [{ op: 'add', path: '/spec/template/spec/hostPID', value: true }]
          : { spec: { template } };
      const { code, text } = await call('k8s_patch', {
        name,
        resource_type: 'deployment',
        patch_type,
        patch: JSON.stringify(patch),
      });
      expect([code, text]).toEqual(['forbidden', expect.stringMatching(/hostPID/)]);
      expect(await own.stored(`deployment/${name}`, '{.spec.template.spec.hostPID}')).toBe('');
    },
  );

  it('cannot cordon a node', async () => {
    const node = (
      await own.kubectl('get', 'nodes', '-o=jsonpath={.items[0].metadata.name}')
    ).trim();
    const { code, text } = await call('k8s_cordon', { node_name: node, namespace: undefined });
    expect([code, text]).toEqual(['forbidden', expect.stringMatching(/Node/)]);
  });

  it('installs a chart, but no pod of it that reaches the host', async () => {
    const install = (release_name: string, values: string) =>
      call('helm_install_with_values', { release_name, chart: './greeter', values });
    const { code, text } = await install('good', 'replicas: 0\n');
    expect(code, text).toBeUndefined();
    expect((await call('helm_uninstall', { release_name: 'good' })).code).toBeUndefined();
    const chart = writeGreeterChart(join(charts, 'bad'), '1.0.0');
    const pod = podOf('from-a-chart', HOST_PATH);
    writeFileSync(join(chart, 'templates', 'pod.yaml'), JSON.stringify(pod));
    const bad = { release_name: 'bad', chart: './bad/greeter', values: 'replicas: 0\n' };
    const refused = await call('helm_install_with_values', bad);
    expect(refused.text).toMatch(/hostPath/);
    const pods = await own.kubectl('get', 'pod', 'from-a-chart', '--ignore-not-found', '-o=name');
    expect(pods).toBe('');
  });
});
