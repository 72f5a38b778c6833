import type { Sandbox } from '#sandbox';
import { apiPool, textOf } from '../support/api.js';
import { compareApply } from './apply-many.js';
import { configMap } from './config-map.js';
import { latencyOf } from './measure.js';
import { printTable } from './print-table.js';
import { toolClient, type CallTool } from './tool-client.js';

const NAMESPACE = 'bench-writes';
const CALLS = 100;

type Send = (method: string, path: string, body?: unknown, contentType?: string) => Promise<string>;

/**
 * One kind of write: by a tool, and by the raw API calls that it cannot do without. Each call gets
 * its number.
 */
interface Write {
  name: string;
  raw: (send: Send, number: number) => Promise<unknown>;
  tool: (call: CallTool, number: number) => Promise<unknown>;
}

const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/target`;
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const AS_US = 'fieldManager=skyflo-mcp&force=true';
const target = { resource_type: 'deployment', namespace: NAMESPACE };

const WRITES: Write[] = [
  {
    name: 'k8s_scale',
    async raw(send, number) {
      await send('GET', `${DEPLOYMENT}/scale`);
      await send('PATCH', `${DEPLOYMENT}/scale`, { spec: { replicas: number % 2 } }, MERGE);
    },
    tool: (call, number) => call('k8s_scale', { ...target, name: 'target', replicas: number % 2 }),
  },
  {
    name: 'k8s_set_image',
    async raw(send, number) {
      await send('GET', DEPLOYMENT);
      const containers = [{ name: 'app', image: `app:${number}` }];
      const patch = { spec: { template: { spec: { containers } } } };
      await send('PATCH', DEPLOYMENT, patch, 'application/strategic-merge-patch+json');
    },
    tool: (call, number) =>
      call('k8s_set_image', {
        ...target,
        resource_name: 'target',
        container_images: `app=app:t${number}`,
      }),
  },
  {
    name: 'k8s_patch',
    async raw(send, number) {
      await send('GET', `${CONFIG_MAPS}/target`);
      await send('PATCH', `${CONFIG_MAPS}/target`, { data: { value: `raw ${number}` } }, MERGE);
    },
    tool: (call, number) =>
      call('k8s_patch', {
        name: 'target',
        resource_type: 'configmap',
        namespace: NAMESPACE,
        patch_type: 'merge',
        patch: JSON.stringify({ data: { value: `tool ${number}` } }),
      }),
  },
  {
    name: 'k8s_cordon, k8s_uncordon',
    async raw(send, number) {
      await send('GET', '/api/v1/nodes/node-1');
      await send(
        'PATCH',
        '/api/v1/nodes/node-1',
        { spec: { unschedulable: number % 2 === 0 } },
        MERGE,
      );
    },
    tool: (call, number) =>
      call(number % 2 === 0 ? 'k8s_cordon' : 'k8s_uncordon', { node_name: 'node-1' }),
  },
  {
    name: 'k8s_delete',
    async raw(send, number) {
      await send('GET', `${CONFIG_MAPS}/raw-${number}`);
      await send('DELETE', `${CONFIG_MAPS}/raw-${number}`);
    },
    tool: (call, number) =>
      call('k8s_delete', {
        name: `tool-${number}`,
        resource_type: 'configmap',
        namespace: NAMESPACE,
      }),
  },
  {
    name: 'k8s_apply',
    async raw(send, number) {
      const path = `${CONFIG_MAPS}/applied?${AS_US}`;
      const object = configMap(NAMESPACE, 'applied', `raw ${number}`);
      await send('GET', `${CONFIG_MAPS}/applied`);
      await send('PATCH', `${path}&dryRun=All`, object, APPLY);
      await send('PATCH', path, object, APPLY);
    },
    tool: (call, number) =>
      call('k8s_apply', {
        content: JSON.stringify(configMap(NAMESPACE, 'applied', `tool ${number}`)),
      }),
  },
];

/** Measures the tools that write beside the raw API calls they need, and apply beside kubectl. */
export async function benchWrites(sandbox: Sandbox, url: string): Promise<void> {
  const api = apiPool(sandbox.kubeconfig);
  const { call, close } = toolClient(url, 'k8s');
  const send: Send = async (method, path, body, contentType = 'application/json') =>
    textOf(
      await api.request({
        method,
        path,
        headers: { 'content-type': contentType },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
  await prepare(sandbox);
  const rows: string[][] = [];
  for (const { name, raw, tool } of WRITES) {
    const counters = { raw: 0, tool: 0 };
    const one = await latencyOf(() => raw(send, counters.raw++), CALLS);
    const other = await latencyOf(() => tool(call, counters.tool++), CALLS);
    rows.push([
      name,
      `${one.p50.toFixed(2)} ms`,
      `${other.p50.toFixed(2)} ms`,
      (other.p50 / one.p50).toFixed(2),
    ]);
  }
  printTable(['write', 'raw API calls, p50', 'REST, p50', '× raw'], rows);
  await compareApply(sandbox, NAMESPACE, call);
  process.stdout.write('Goals: × raw ≤ 2.0; kubectl ÷ k8s_apply ≥ 3.0.\n');
  await Promise.all([api.close(), close()]);
}

async function prepare(sandbox: Sandbox): Promise<void> {
  const labels = { app: 'target' };
  const containers = [{ name: 'app', image: 'app:0' }];
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'target', namespace: NAMESPACE },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
  // Every call deletes one of its own, also those that warm up.
  const names = Array.from({ length: 2 * CALLS }, (_, number) => [
    `raw-${number}`,
    `tool-${number}`,
  ]).flat();
  const maps = ['target', 'applied', ...names].map((name) => configMap(NAMESPACE, name, 'before'));
  await sandbox.kubectl(['create', 'namespace', NAMESPACE]);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [deployment, ...maps] });
  await sandbox.kubectl(['create', '-f', '-'], { input, timeoutMs: 120_000 });
}
