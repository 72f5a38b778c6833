import { ApiClient } from './api-client.js';
import { applyObjects, runProgram } from './kubectl.js';
import { assetsDir } from './paths.js';
import { type KubernetesObject, readObjects } from './platform.js';
import type { ClusterLayout } from './record.js';
import { waitFor } from './wait.js';

interface Workload extends KubernetesObject {
  spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
}

interface WorkloadStatus {
  metadata: { generation: number; annotations?: Record<string, string> };
  status?: {
    observedGeneration?: number | string;
    replicas?: number;
    availableReplicas?: number;
    updatedReplicas?: number;
    phase?: string;
    succeeded?: number;
    numberReady?: number;
  };
}

interface PodList {
  items: Pick<KubernetesObject, 'metadata'>[];
}

/** Makes the demo shop and waits until each workload is in the state that it is meant to show. */
export async function seedDemo(layout: ClusterLayout, signal: AbortSignal): Promise<void> {
  await using api = new ApiClient(layout);
  const shop = readObjects(assetsDir('manifests', 'shop.yaml')).map((object) =>
    withContainers(object, layout),
  );
  const billing = readObjects(assetsDir('manifests', 'billing.yaml'));
  const isNamespace = ({ kind }: KubernetesObject) => kind === 'Namespace';
  const apply = (objects: KubernetesObject[]) => applyObjects(layout, objects, { signal });

  await apply([...shop, ...billing].filter(isNamespace));
  await Promise.all([
    apply([...shop, ...billing].filter((object) => !isNamespace(object))),
    installRelease(layout, signal),
  ]);

  const until = (path: string, what: string, reached: (workload: WorkloadStatus) => unknown) =>
    waitFor(
      async () => {
        const workload = await api.get<WorkloadStatus>(path);
        return workload !== undefined && Boolean(reached(workload));
      },
      { what, signal },
    );
  /** Two pods are available; either all of them are of the latest release or one more is. */
  const deployment = (name: string, revision: string, updated = 2) =>
    until(
      `/apis/apps/v1/namespaces/shop/deployments/${name}`,
      `deployment ${name} to be at revision ${revision}`,
      ({ metadata, status }) =>
        status?.observedGeneration === metadata.generation &&
        metadata.annotations?.['deployment.kubernetes.io/revision'] === revision &&
        status.availableReplicas === 2 &&
        status.updatedReplicas === updated &&
        status.replicas === (updated === 2 ? 2 : 3),
    );
  const release = (kind: string, name: string, tag: string, spec: object = {}) => {
    const workload = shop.find((one) => one.kind === kind && one.metadata.name === name);
    const next = nextRelease(workload as Workload, tag);
    return apply([{ ...next, spec: { ...next.spec, ...spec } }]);
  };
  const rollout = (name: string, phase: 'Healthy' | 'Paused' | 'Degraded') =>
    until(
      `/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/${name}`,
      `rollout ${name} to be ${phase}`,
      ({ metadata, status }) =>
        status?.observedGeneration === String(metadata.generation) && status.phase === phase,
    );

  await Promise.all([
    deployment('web', '1')
      .then(() => release('Deployment', 'web', '1.28'))
      .then(() => deployment('web', '2'))
      .then(() => release('Deployment', 'web', '1.29'))
      .then(() => deployment('web', '3')),
    deployment('payments', '1')
      .then(() => release('Deployment', 'payments', 'invalid-tag'))
      .then(() => deployment('payments', '2', 1)),
    rollout('checkout', 'Healthy')
      .then(() => release('Rollout', 'checkout', '1.5.0'))
      .then(() => rollout('checkout', 'Paused')),
    rollout('cart', 'Healthy')
      .then(() => release('Rollout', 'cart', '4.1.0', { paused: true }))
      .then(() => rollout('cart', 'Paused')),
    rollout('catalog', 'Healthy')
      .then(() => release('Rollout', 'catalog', '2.2.0'))
      .then(() => rollout('catalog', 'Degraded')),
    ...['api', 'worker', 'shop-cache'].map((name) => deployment(name, '1')),
    until(
      '/apis/batch/v1/namespaces/shop/jobs/migrate-schema',
      'job migrate-schema to complete',
      ({ status }) => status?.succeeded === 1,
    ),
    until(
      '/apis/apps/v1/namespaces/shop/daemonsets/node-agent',
      'daemonset node-agent to be ready',
      ({ status }) => status?.numberReady === 3,
    ),
  ]);
  await waitFor(() => allHaveLogs(api), { what: 'the pods of the demo to have logs', signal });
}

/** Every pod that writes logs has a state, good or broken as it is meant to be, and its logs. */
async function allHaveLogs(api: ApiClient): Promise<boolean> {
  const pods = await api.get<PodList>('/api/v1/pods?labelSelector=sandbox.skyflo.ai/logs');
  const logs = await api.get<PodList>('/apis/kwok.x-k8s.io/v1alpha1/logs');
  if (pods === undefined || logs === undefined) return false;
  const id = ({ metadata }: PodList['items'][number]) => `${metadata.namespace}/${metadata.name}`;
  const withLogs = new Set(logs.items.map(id));
  const apps = new Set(pods.items.map(({ metadata }) => metadata.labels?.['app']));
  return (
    ['invoices', 'mailer', 'postgres', 'search'].every((app) => apps.has(app)) &&
    pods.items.every((pod) => withLogs.has(id(pod)))
  );
}

/** Two revisions, so that there is something to compare and to roll back to. */
async function installRelease(layout: ClusterLayout, signal: AbortSignal): Promise<void> {
  const target = ['shop-cache', assetsDir('charts', 'cache'), '--namespace', 'shop'];
  const helm = (...args: string[]) => runProgram(layout, 'helm', args, { signal });
  await helm('upgrade', '--install', ...target);
  await helm('upgrade', ...target, '--set', 'replicas=2', '--description', 'Two pods');
}

/** The object with the address of the sandbox's containers in place of the name `containers`. */
function withContainers(object: KubernetesObject, { ports }: ClusterLayout): KubernetesObject {
  const address = `http://127.0.0.1:${ports.containers}/`;
  return JSON.parse(
    JSON.stringify(object).replaceAll('http://containers/', address),
  ) as typeof object;
}

/** The same workload with another tag of its image, and the cause on record where there was one. */
function nextRelease(workload: Workload, tag: string): Workload {
  const next = structuredClone(workload);
  const [container] = next.spec.template.spec.containers;
  if (container !== undefined) container.image = container.image.replace(/:[^:]*$/, `:${tag}`);
  const { annotations } = next.metadata;
  if (annotations?.['kubernetes.io/change-cause']) {
    annotations['kubernetes.io/change-cause'] = `Release ${tag}`;
  }
  return next;
}
