import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  documentedRights,
  exampleOf,
  makeAccount,
  type AccountInUse,
} from './support/chart-rights.js';
import { ownHelmHome } from './support/helm.js';
import { kubectl } from './support/kubectl.js';
import { configMap, deployment, documents } from './support/manifest.js';
import { execute, type ListedTool } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';
import type { Values } from './support/skyflo-chart.js';
import { useNamespace } from './support/use-namespace.js';

/** Where the service account is. */
const home = useNamespace('chart-rights');
/** A namespace in which an operator may write, besides that of the demo. */
const own = useNamespace('chart-rights-shop');

const namespaces = ['shop', own.name];

/** It reaches the API server only when somebody connects. */
const FORWARD = 'k8s_port_forward';

/** Tools that work without a cluster, whatever the rights. */
const WITHOUT_CLUSTER =
  /^(wait_for|execution_|helm_repo_|helm_search_repo|helm_show_values|helm_template|k8s_port_forward_(list|stop))/;

const CORDONED = 'node-3';
beforeAll(() => kubectl('cordon', CORDONED));
afterAll(() => kubectl('uncordon', CORDONED));

/** Calls that are other than the examples. */
const CALLS: Record<string, object> = {
  // Nothing would have to be done for a node that is not cordoned.
  k8s_uncordon: { node_name: CORDONED },
  k8s_run_pod: { namespace: 'shop', timeout_seconds: 30 },
  helm_list_releases: { all_namespaces: false, namespace: 'shop' },
};

const RIGHTS = documentedRights();
const TOOLS = [...RIGHTS.keys()];

interface Result {
  tool: string;
  status: number;
  code?: string;
  detail?: string;
  result?: string;
}

/** A server with the rights of a size. Its policy allows everything, so only RBAC refuses. */
function useSize(rbac: Values) {
  let account: AccountInUse;
  let server: RunningServer;
  beforeAll(async () => {
    account = await makeAccount(home.name, rbac);
    server = await startServer({
      ...ownHelmHome('chart-rights'),
      KUBECONFIG: account.kubeconfig,
      EXECUTIONS_FILE: ':memory:',
      SHUTDOWN_GRACE_SECONDS: '0',
    });
  });
  afterAll(async () => {
    await server.stop();
    await account.remove();
  });
  return {
    async call(tool: string, args: object): Promise<Result> {
      const { status, body } = await execute(server.url, tool, { ...args });
      return { tool, status, code: body.code, detail: body.detail, result: body.result };
    },
    async tools(): Promise<ListedTool[]> {
      const answer = await fetch(`${server.url}/engine/v1/tools`);
      return ((await answer.json()) as { tools: ListedTool[] }).tools;
    },
  };
}

const SUCCESS = { status: 200 };
/** A refusal of the API server, which names the account. */
const FORBIDDEN = {
  status: 403,
  code: 'forbidden',
  detail: expect.stringContaining('system:serviceaccount:chart-rights:skyflo-mcp'),
};

/** The address of a port forward to the demo shop. */
async function forwardOf(size: ReturnType<typeof useSize>): Promise<string> {
  const { result = '' } = await size.call(FORWARD, { ...argsOf(FORWARD), dry_run: false });
  const [address] = /127\.0\.0\.1:\d+/.exec(result) ?? [];
  if (address === undefined) throw new Error(`no address: ${result}`);
  return `http://${address}/`;
}

const argsOf = (tool: string) => ({ ...exampleOf(tool), ...CALLS[tool] });

describe('read-only', () => {
  const size = useSize({ size: 'read-only' });

  it('is documented for every tool that asks a cluster', async () => {
    const names = (await size.tools()).map(({ name }) => name);
    const expected = names.filter((name) => !WITHOUT_CLUSTER.test(name));
    expect(TOOLS.toSorted()).toEqual(expected.toSorted());
  });

  it.each(TOOLS.filter((tool) => tool !== FORWARD))(
    'can do what is documented: %s',
    async (tool) => {
      const mayDo = RIGHTS.get(tool)?.['read-only'] === 'yes';
      // A write is meant: the API server must refuse it.
      const result = await size.call(tool, { ...argsOf(tool), ...(mayDo ? {} : real(tool)) });
      expect(result).toMatchObject(mayDo ? SUCCESS : FORBIDDEN);
    },
  );

  it('opens a port forward, whose connections the API server refuses', async () => {
    expect(RIGHTS.get(FORWARD)?.['read-only']).toBe('no');
    await expect(fetch(await forwardOf(size))).rejects.toThrow('fetch failed');
  });

  it('reads no Secret', async () => {
    const secrets = { resource_type: 'secrets', namespace: 'shop' };
    expect(await size.call('k8s_get', secrets)).toMatchObject(FORBIDDEN);
  });
});

/** Not as a dry run, where the example is one. */
function real(tool: string): object {
  return 'dry_run' in exampleOf(tool) ? { dry_run: false } : {};
}

describe('read-only with readSecrets', () => {
  const size = useSize({ size: 'read-only', readSecrets: true });
  const more = TOOLS.filter((tool) => RIGHTS.get(tool)?.['read-only'] === 'with `readSecrets`');

  it.each(more)('can do more: %s', async (tool) => {
    expect(await size.call(tool, argsOf(tool))).toMatchObject(SUCCESS);
  });

  it('writes as little', async () => {
    const install = { release_name: 'none', chart: './cache', namespace: 'shop' };
    expect(await size.call('helm_install', install)).toMatchObject(FORBIDDEN);
  });
});

describe('operator', () => {
  const size = useSize({ size: 'operator', namespaces });

  it.each(TOOLS)('can do what is documented in its namespaces: %s', async (tool) => {
    const mayDo = RIGHTS.get(tool)?.['operator'] === 'yes';
    const result = await size.call(tool, { ...argsOf(tool), ...(mayDo ? {} : real(tool)) });
    expect(result).toMatchObject(mayDo ? SUCCESS : FORBIDDEN);
  });

  const where = { namespace: own.name };
  const web = { ...where, name: 'web', resource_type: 'deployment' };
  const release = { ...where, release_name: 'cache' };
  const STORY: [string, object][] = [
    ['k8s_apply', { ...where, content: documents(deployment('web'), configMap('a')) }],
    ['k8s_scale', { ...web, replicas: 1 }],
    ['k8s_patch', { ...web, patch: '{"metadata":{"labels":{"a":"b"}}}' }],
    [
      'k8s_set_image',
      {
        ...where,
        resource_name: 'web',
        resource_type: 'deployment',
        container_images: 'web=nginx:1.28',
      },
    ],
    ['k8s_rollout_restart', { ...where, name: 'web' }],
    ['k8s_rollout_undo', web],
    ['k8s_delete', web],
    ['helm_install', { ...release, chart: './cache' }],
    ['helm_upgrade', { ...release, chart: './cache', values: 'replicas: 1' }],
    ['helm_rollback', { ...release, revision: 1 }],
    ['helm_uninstall', release],
  ];

  it('really writes there, by Helm too', async () => {
    for (const [tool, args] of STORY) {
      expect(await size.call(tool, args)).toMatchObject({ tool, ...SUCCESS });
    }
    expect(await own.names('deployment')).toEqual([]);
  });

  it('connects to pods there', async () => {
    expect((await fetch(await forwardOf(size))).status).toBe(200);
  });

  const system = { namespace: 'kube-system' };
  const greeting = documents(configMap('greeting'));
  it.each([
    ['k8s_apply', { ...system, content: greeting }],
    ['k8s_delete', { ...system, name: 'kube-root-ca.crt', resource_type: 'configmap' }],
    ['k8s_get', { ...system, resource_type: 'secrets' }],
    ['k8s_run_pod', { ...system, name: 'hello', image: 'busybox', command: 'id' }],
    ['helm_install', { ...system, release_name: 'none', chart: './cache' }],
    ['helm_list_releases', system],
    ['k8s_apply', { namespace: 'billing', content: greeting }],
  ])('does nothing elsewhere: %s %j', async (tool, args) => {
    expect(await size.call(tool, args)).toMatchObject(FORBIDDEN);
  });
});

describe('admin', () => {
  const size = useSize({ size: 'admin' });

  it.each(TOOLS)('can do everything: %s', async (tool) => {
    expect(RIGHTS.get(tool)?.['admin']).toBe('yes');
    expect(await size.call(tool, argsOf(tool))).toMatchObject(SUCCESS);
  });

  it('writes in kube-system too', async () => {
    const where = { namespace: 'kube-system', dry_run: true };
    const content = documents(configMap('greeting'));
    expect(await size.call('k8s_apply', { ...where, content })).toMatchObject(SUCCESS);
  });
});
