import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { kubectl } from './kubectl.js';
import { createObjects } from './manifest.js';
import type { RestAnswer } from './rest.js';
import { useNamespace, type NamespaceInUse } from './use-namespace.js';
import { useServer, type ServerInUse, type ServerOptions } from './use-server.js';

/** A node that is to be drained, and what is placed on it. */
export interface DrainInUse {
  own: NamespaceInUse;
  server: ServerInUse;
  /** Calls k8s_drain over REST. */
  readonly drain: (args?: Record<string, unknown>) => Promise<RestAnswer>;
  readonly podsOnNode: () => Promise<string[]>;
  readonly isCordoned: () => Promise<boolean>;
  /** Creates objects, and waits until so many pods run on the node. */
  readonly place: (count: number, ...objects: object[]) => Promise<void>;
  /** Waits until the controller has counted the pods of a budget. */
  readonly counted: (healthy: number) => Promise<void>;
  /** The spec of a pod that goes to the node. */
  readonly podSpec: (more?: object) => object;
  /** A workload whose pods go to the node. */
  readonly workload: (kind: string, name: string, spec: object, pod?: object) => object;
  /** A PodDisruptionBudget for the pods of a workload. */
  readonly budget: (app: string, minAvailable: number, name?: string) => object;
}

/**
 * Makes a namespace, and a node that no pod of anybody else goes to; starts a server whose calls
 * are about it.
 */
export function useDrain(namespace: string, node: string, env?: ServerOptions['env']): DrainInUse {
  const own = useNamespace(namespace);
  const server = useServer({ defaults: { node_name: node }, env });
  beforeAll(() => createObjects(nodeObject(node)));
  beforeEach(() => kubectl('uncordon', node));
  afterEach(() =>
    own.kubectl('delete', 'pdb,deployments,daemonsets,pods', '--all', '--grace-period=0'),
  );
  afterAll(() => kubectl('delete', 'node', node));

  const podsOnNode = () => own.names('pods', '--field-selector', `spec.nodeName=${node}`);
  const podSpec = (more: object = {}) => ({
    nodeSelector: { own: node },
    tolerations: [{ key: 'own', operator: 'Exists' }],
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'app', image: 'nginx:1.27' }],
    ...more,
  });
  return {
    own,
    server,
    drain: (args) => server.call('k8s_drain', args),
    podsOnNode,
    isCordoned: async () =>
      (await kubectl('get', 'node', node, '-o', 'jsonpath={.spec.unschedulable}')) === 'true',
    place: async (count, ...objects) => {
      await createObjects(...objects);
      await expect.poll(podsOnNode).toHaveLength(count);
      await own.kubectl('wait', 'pods', '--all', '--for=condition=Ready', '--timeout=100s');
    },
    counted: async (healthy) => {
      const read = () => own.stored('pdb', '{.items[*].status.currentHealthy}');
      await expect.poll(read).toBe(String(healthy));
    },
    podSpec,
    workload: (kind, name, spec, pod = podSpec()) => ({
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: pod },
        ...spec,
      },
    }),
    budget: (app, minAvailable, name = `${app}-budget`) => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace },
      spec: { minAvailable, selector: { matchLabels: { app } } },
    }),
  };
}

function nodeObject(name: string): object {
  const capacity = { cpu: '8', memory: '16Gi', pods: '100' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { own: name }, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    spec: { taints: [{ key: 'own', value: name, effect: 'NoSchedule' }] },
    status: { capacity, allocatable: capacity },
  };
}
