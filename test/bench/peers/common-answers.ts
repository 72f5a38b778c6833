import { podOf } from '../../support/pod-of.js';

/** A tool and its parameters. */
export interface Ask {
  tool: string;
  args: Record<string, unknown>;
}

/** A question that people ask every day, and how each server is asked. */
export interface CommonAnswer {
  what: string;
  /** In the order of this server and the `OTHERS`; none where a server has no tool for it. */
  asks: readonly [Ask, Ask | undefined, Ask | undefined];
  isWrite?: boolean;
}

type Kubectl = (args: string[]) => Promise<string>;

const shop = { namespace: 'shop' };
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };

/** Ten questions about the shop of the sandbox. */
export async function commonAnswers(kubectl: Kubectl): Promise<CommonAnswer[]> {
  const run = (...words: string[]) => kubectl(words);
  const [api, recommender] = await Promise.all([podOf('api', run), podOf('recommender', run)]);
  const pending = { ...shop, name: recommender };
  return [
    {
      what: 'the pods of a namespace',
      asks: [
        { tool: 'k8s_get', args: { ...shop, resource_type: 'pods' } },
        { tool: 'pods_list_in_namespace', args: shop },
        { tool: 'kubectl_get', args: { ...shop, resourceType: 'pods' } },
      ],
    },
    {
      what: 'the deployments of a namespace',
      asks: [
        { tool: 'k8s_get', args: { ...shop, resource_type: 'deployments' } },
        { tool: 'resources_list', args: { ...shop, ...deployment } },
        { tool: 'kubectl_get', args: { ...shop, resourceType: 'deployments' } },
      ],
    },
    {
      what: 'the nodes',
      asks: [
        { tool: 'k8s_get', args: { resource_type: 'nodes' } },
        { tool: 'resources_list', args: { apiVersion: 'v1', kind: 'Node' } },
        { tool: 'kubectl_get', args: { resourceType: 'nodes' } },
      ],
    },
    {
      what: 'one deployment, to read',
      asks: [
        {
          tool: 'k8s_get',
          args: { ...shop, resource_type: 'deployment', name: 'web', output: 'yaml' },
        },
        { tool: 'resources_get', args: { ...shop, ...deployment, name: 'web' } },
        {
          tool: 'kubectl_get',
          args: { ...shop, resourceType: 'deployment', name: 'web', output: 'yaml' },
        },
      ],
    },
    {
      what: 'why a pod is pending',
      asks: [
        { tool: 'k8s_describe', args: { ...pending, resource_type: 'pod' } },
        { tool: 'pods_get', args: pending },
        { tool: 'kubectl_describe', args: { ...pending, resourceType: 'pod' } },
      ],
    },
    {
      what: 'the last 50 lines of a log',
      asks: [
        {
          tool: 'k8s_logs',
          args: { ...shop, pod_name: api, container_name: 'api', num_lines: 50 },
        },
        { tool: 'pods_log', args: { ...shop, name: api, container: 'api', tail: 50 } },
        {
          tool: 'kubectl_logs',
          args: { ...shop, resourceType: 'pod', name: api, container: 'api', tail: 50 },
        },
      ],
    },
    {
      what: 'the warnings of a namespace',
      asks: [
        { tool: 'k8s_events', args: { ...shop, type: 'Warning' } },
        { tool: 'events_list', args: { ...shop, fieldSelector: 'type=Warning' } },
        {
          tool: 'kubectl_get',
          args: { ...shop, resourceType: 'events', fieldSelector: 'type=Warning' },
        },
      ],
    },
    {
      what: 'what the pods of a namespace use',
      asks: [
        { tool: 'k8s_top_pods', args: shop },
        { tool: 'pods_top', args: shop },
        { tool: 'kubectl_generic', args: { ...shop, command: 'top', subCommand: 'pods' } },
      ],
    },
    {
      what: 'the Helm releases',
      asks: [
        { tool: 'helm_list_releases', args: shop },
        { tool: 'helm_list', args: shop },
        undefined,
      ],
    },
    {
      what: 'a deployment is scaled',
      isWrite: true,
      asks: [
        {
          tool: 'k8s_scale',
          args: { ...shop, resource_type: 'deployment', name: 'web', replicas: 3 },
        },
        { tool: 'resources_scale', args: { ...shop, ...deployment, name: 'web', scale: 3 } },
        { tool: 'kubectl_scale', args: { ...shop, name: 'web', replicas: 3 } },
      ],
    },
  ];
}
