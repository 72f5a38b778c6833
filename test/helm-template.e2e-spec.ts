import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helm, helm4Env, ownHelmHome } from './support/helm.js';
import { sandboxAccess, writeContext, writeKubeconfig } from './support/kubeconfig.js';
import { kubectl } from './support/kubectl.js';
import { execute } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';
import { writeChart } from './support/small-chart.js';

const ASKED_FOR = [
  'apps/v1',
  'apps/v1/Deployment',
  'argoproj.io/v1alpha1',
  'argoproj.io/v1alpha1/Rollout',
  'cert-manager.io/v1',
  'apps/v1/Rollout',
];

const CAPABILITIES = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data:
  version: {{ .Capabilities.KubeVersion.Version }}
  lookup: {{ lookup "v1" "Namespace" "" "default" | toJson | quote }}
${ASKED_FOR.map((name) => `  ${name.replaceAll('/', '_')}: "{{ .Capabilities.APIVersions.Has "${name}" }}"`).join('\n')}
`;

const UNREACHABLE = { server: 'https://127.0.0.1:1' };

describe.each([3, 4])('helm_template with helm %i', (major) => {
  const chartsDir = `${testSandbox().folder}/template-charts`;
  const env = {
    ...(major === 4 ? helm4Env() : {}),
    ...ownHelmHome(`template-${major}`),
    HELM_CHARTS_DIR: chartsDir,
  };
  const servers: RunningServer[] = [];
  const start = async (kubeconfig?: string) => {
    const server = await startServer({ ...env, ...(kubeconfig && { KUBECONFIG: kubeconfig }) });
    servers.push(server);
    return server;
  };
  let server: RunningServer;
  beforeAll(async () => {
    writeChart(chartsDir, 'capable', { 'templates/a.yaml': CAPABILITIES });
    writeChart(chartsDir, 'modern', {
      'Chart.yaml': 'apiVersion: v2\nname: modern\nversion: 1.0.0\nkubeVersion: ">=1.25.0-0"\n',
      'templates/a.yaml': CAPABILITIES,
    });
    server = await start();
  });
  afterAll(async () => {
    for (const one of servers) await one.stop();
  });

  const call = async ({ url }: RunningServer, tool: string, args: Record<string, unknown>) => {
    const { body } = await execute(url, tool, { release_name: 'x', ...args });
    return { code: body.code, text: body.result ?? body.detail ?? '' };
  };
  const dataIn = (text: string) =>
    Object.fromEntries(
      [...text.matchAll(/^[-+ ]*(\w\S*?): "?([\w.{}]+)"?$/gm)].map(([, key, value]) => [
        key,
        value,
      ]),
    );
  /** The data of the ConfigMap that an installation of the chart makes. */
  const dataOfInstalled = async (release_name: string) => {
    const release = { release_name, namespace: 'default' };
    const { code } = await call(server, 'helm_install', { chart: './capable', ...release });
    expect(code).toBeUndefined();
    const at = ['configmap', release_name, '-n', release.namespace];
    const data = await kubectl('get', ...at, '-o', 'jsonpath={.data}');
    await call(server, 'helm_uninstall', release);
    return JSON.parse(data) as Record<string, string>;
  };
  const clusterVersion = async () =>
    /Kubernetes version: (\S+)/.exec(
      (await execute(server.url, 'k8s_cluster_info', {})).body.result ?? '',
    )?.[1];

  it('renders for the version and the API versions of the cluster, as an installation does', async () => {
    const { code, text } = await call(server, 'helm_template', { chart: './capable' });
    expect(code).toBeUndefined();
    expect(text).toMatch(/^---\n# Source: capable/);
    const data = dataIn(text);
    expect(data).toMatchObject({
      version: await clusterVersion(),
      lookup: '{}',
      apps_v1: 'true',
      apps_v1_Deployment: 'true',
      'argoproj.io_v1alpha1': 'true',
      'argoproj.io_v1alpha1_Rollout': 'true',
      'cert-manager.io_v1': 'false',
      apps_v1_Rollout: 'false',
    });
    const installed = await dataOfInstalled(`capable-${major}`);
    for (const name of ['version', ...ASKED_FOR.map((one) => one.replaceAll('/', '_'))]) {
      expect([name, installed[name]]).toEqual([name, data[name]]);
    }
  });

  it('renders a chart that asks for a newer Kubernetes', async () => {
    expect((await call(server, 'helm_template', { chart: './modern' })).code).toBeUndefined();
    expect((await call(server, 'helm_install', { chart: './modern', dry_run: true })).code).toBe(
      undefined,
    );
    // Helm itself, which is told of no cluster, is built for one as its releases are.
    expect(await helm('template', 'x', `${chartsDir}/modern`)).toContain('version: v1.34.0');
    expect(await helm('version', '--short')).toMatch(/^v3\.\d+\.\d+$/);
  });

  it('says in the first line that no cluster has answered, and renders all the same', async () => {
    for (const kubeconfig of [await writeContext(UNREACHABLE), '/nowhere']) {
      const alone = await start(kubeconfig);
      const { code, text } = await call(alone, 'helm_template', { chart: './modern' });
      expect(code).toBeUndefined();
      expect(text).toMatch(/^# Rendered without a cluster, .* that helm assumes: .+\n---\n/);
      expect(dataIn(text)).toMatchObject({ apps_v1: 'true', 'argoproj.io_v1alpha1': 'false' });
    }
  });

  it('fails for a cluster that it is asked about and that does not answer', async () => {
    const { cluster, user } = await sandboxAccess();
    const two = await start(
      await writeKubeconfig({
        clusters: [
          { name: 'here', cluster },
          { name: 'lost', cluster: UNREACHABLE },
        ],
        users: [{ name: 'me', user }],
        contexts: ['here', 'lost'].map((name) => ({
          name,
          context: { cluster: name, user: 'me' },
        })),
        'current-context': 'lost',
      }),
    );
    const render = (more: object) => call(two, 'helm_template', { chart: './capable', ...more });
    expect(await render({ context: 'lost' })).toMatchObject({ code: 'unavailable' });
    expect(await render({ context: 'none' })).toMatchObject({ code: 'invalid_input' });
    expect((await render({})).text).toMatch(/^# Rendered without a cluster/);
    expect(dataIn((await render({ context: 'here' })).text)).toMatchObject({
      'argoproj.io_v1alpha1': 'true',
    });
  });
});
