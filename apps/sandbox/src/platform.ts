import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { manifestFile } from './programs/modules.js';
import { assetsDir } from './paths.js';
import type { ClusterLayout } from './record.js';

/** A Kubernetes object as far as the sandbox looks into it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

interface Stage extends KubernetesObject {
  spec: { selector: { matchExpressions: { key: string; operator: string }[] } };
}

export const nodeNames = ['node-1', 'node-2', 'node-3'];

export function readObjects(file: string): KubernetesObject[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map(
    (document) => document.toJS() as KubernetesObject,
  );
}

/** The files that define the resources of kwok, Argo Rollouts and the demo shop. */
export function definitionFiles({ binDir }: ClusterLayout): string[] {
  return [
    join(binDir, manifestFile('kwok-crds')),
    join(binDir, manifestFile('argo-crds')),
    assetsDir('manifests', 'orders-crd.yaml'),
  ];
}

/** All that makes the processes behave as a cluster: nodes, kwok's stages and answers, metrics. */
export function platformObjects(layout: ClusterLayout): KubernetesObject[] {
  const rendered = (name: string) => readObjects(join(layout.binDir, manifestFile(name)));
  const ownStages = readObjects(assetsDir('manifests', 'stages.yaml')) as Stage[];
  return [
    ...rendered('kwok-node-fast'),
    ...rendered('kwok-node-heartbeat'),
    ...rendered('kwok-metrics'),
    ...(rendered('kwok-pod-fast') as Stage[]).map((stage) => exceptFaults(stage, ownStages)),
    ...ownStages,
    ...containerAnswers(layout),
    ...metricsApi(layout),
    ...nodeNames.map(node),
  ];
}

/** The pod-ready stage leaves alone the pods that a fault stage is for. */
function exceptFaults(stage: Stage, ownStages: Stage[]): Stage {
  if (stage.metadata.name !== 'pod-ready') return stage;
  const faults = ownStages
    .filter(({ metadata }) => metadata.labels?.['sandbox.skyflo.ai/fault'] !== undefined)
    .flatMap(({ spec }) => spec.selector.matchExpressions)
    .filter(({ key, operator }) => key.startsWith('.spec.') && operator === 'Exists')
    .map(({ key }) => ({ key, operator: 'DoesNotExist' }));
  stage.spec.selector.matchExpressions.push(...faults);
  return stage;
}

/**
 * What kwok answers for containers: logs of pods that have none of their own, exec, port-forward.
 */
function containerAnswers({ stateDir, ports }: ClusterLayout): KubernetesObject[] {
  const folder = join(stateDir, 'containers');
  const answer = (kind: string, spec: unknown): KubernetesObject => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind,
    metadata: { name: 'containers' },
    spec,
  });
  return [
    answer('ClusterLogs', { logs: [{ logsFile: join(folder, 'default.log') }] }),
    answer('ClusterExec', { execs: [{ local: { workDir: join(folder, 'files') } }] }),
    answer('ClusterPortForward', {
      forwards: [{ target: { address: '127.0.0.1', port: ports.containers } }],
    }),
  ];
}

/** An ExternalName Service is the only kind that can point at loopback, where metrics-server is. */
function metricsApi({ ports }: ClusterLayout): KubernetesObject[] {
  const name = 'metrics-server';
  const namespace = 'kube-system';
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name, namespace, port: ports['metrics-server'] },
      },
    },
  ];
}

function node(name: string, index: number): KubernetesObject {
  // Room for the thousands of pods of a load test.
  const capacity = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '500Gi', pods: '3000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: {
        'kwok.x-k8s.io/node': 'fake',
        'metrics.k8s.io/resource-metrics-path': `/metrics/nodes/${name}/metrics/resource`,
      },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': 'standard-64',
        'topology.kubernetes.io/region': 'sandbox',
        'topology.kubernetes.io/zone': `sandbox-${'abc'[index]}`,
      },
    },
    status: { capacity, allocatable: capacity },
  };
}
