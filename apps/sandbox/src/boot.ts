import { ApiClient } from './api-client.js';
import { kwokKinds, type ProcessName } from './cluster.js';
import { applyFiles, applyObjects } from './kubectl.js';
import { definitionFiles, nodeNames, platformObjects } from './platform.js';
import type { Processes } from './processes.js';
import type { SandboxRecord } from './record.js';
import type { Reporter } from './reporter.js';
import { seedDemo } from './seed.js';
import { waitFor } from './wait.js';

const definedKinds = {
  'kwok.x-k8s.io/v1alpha1': kwokKinds,
  'argoproj.io/v1alpha1': ['Rollout', 'AnalysisRun', 'AnalysisTemplate', 'Experiment'],
  'demo.skyflo.ai/v1': ['Order'],
};

interface Conditions {
  status?: { conditions?: { type: string; status: string }[] };
}

/**
 * Starts every process and resolves when the cluster is ready and, the first time, seeded.
 * @throws Error with the end of its log when a process ends meanwhile.
 */
export async function boot(
  record: SandboxRecord,
  processes: Processes<ProcessName>,
  report: Reporter,
  cancel?: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, ...(cancel === undefined ? [] : [cancel])]);
  const start = (...names: ProcessName[]) => {
    for (const name of names) processes.start(name, (error) => ended.abort(error));
  };
  await using api = new ApiClient(record);
  try {
    report.state('Starting etcd and the API server');
    start('etcd', 'kube-apiserver');
    await waitFor(() => api.isReady(), { what: 'the API server', signal });

    report.state('Defining resources');
    await applyFiles(record, definitionFiles(record), { signal });
    await waitFor(() => definitionsEstablished(api), {
      what: 'the custom resources to be established',

      signal,
    });

    report.state('Starting the nodes');
    // The garbage collector looks for new kinds every 30 s, so it starts when all are there.
    start('kube-controller-manager', 'kube-scheduler', 'kwok');
    start('rollouts-controller', 'metrics-server', 'containers');
    await applyObjects(record, platformObjects(record), { signal });
    if (record.seeded) await moveKubeletPort(api, record.ports.kwok);
    await waitFor(() => nodesReady(api), { what: 'the nodes to be ready', signal });

    if (!record.seeded) {
      report.state('Seeding the demo shop');
      await seedDemo(record, signal);
    }
  } catch (error) {
    // What ran into the end of a process says less than the end itself.
    throw ended.signal.aborted ? ended.signal.reason : error;
  }
}

/** Asks discovery, as the definitions themselves are megabytes. */
async function definitionsEstablished(api: ApiClient): Promise<boolean> {
  for (const [groupVersion, kinds] of Object.entries(definedKinds)) {
    const list = await api.get<{ resources: { kind: string }[] }>(`/apis/${groupVersion}`);
    const served = list?.resources.map(({ kind }) => kind) ?? [];
    if (!kinds.every((kind) => served.includes(kind))) return false;
  }
  return true;
}

async function nodesReady(api: ApiClient): Promise<boolean> {
  const list = await api.get<{ items: Conditions[] }>('/api/v1/nodes');
  const ready = list?.items.filter((item) => hasCondition(item, 'Ready')) ?? [];
  return ready.length >= nodeNames.length;
}

function hasCondition({ status }: Conditions, type: string): boolean {
  return status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

/** kwok writes its port into a node only once, and a second start may have had to take another. */
async function moveKubeletPort(api: ApiClient, port: number): Promise<void> {
  const status = { daemonEndpoints: { kubeletEndpoint: { Port: port } } };
  for (const name of nodeNames) {
    await api.patch(`/api/v1/nodes/${name}/status`, 'merge-patch+json', { status });
  }
}
