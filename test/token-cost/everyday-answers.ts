/** What an operator asks every day, and the most bytes that the answer may have. */
export interface EverydayAnswer {
  what: string;
  tool: string;
  args: Record<string, unknown>;
  /** Puts the name of a pod of this app of the shop into the parameter `name` or `pod_name`. */
  podOf?: { app: string; as: 'name' | 'pod_name' };
  maxBytes: number;
}

const SHOP = { namespace: 'shop' };
/** The namespace that the writes work in. */
export const OWN_NAMESPACE = 'token-cost';

/** A Deployment with its Service and its settings, as a caller sends it. */
function manifest(image: string): string {
  const metadata = { name: 'site', namespace: OWN_NAMESPACE };
  const labels = { app: 'site' };
  const container = {
    name: 'site',
    image,
    ports: [{ containerPort: 8080 }],
    envFrom: [{ configMapRef: { name: 'site' } }],
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
  };
  const objects = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { LOG_LEVEL: 'info', PORT: '8080' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

const OWN = { namespace: OWN_NAMESPACE, resource_type: 'deployment', name: 'site' };

/** The answers whose price is watched, in the order in which they are asked for. */
export const EVERYDAY_ANSWERS: readonly EverydayAnswer[] = [
  {
    what: 'the pods of a namespace',
    tool: 'k8s_get',
    args: { ...SHOP, resource_type: 'pods' },
    maxBytes: 2_600,
  },
  {
    what: 'the pods of a namespace that do not run',
    tool: 'k8s_get',
    args: { ...SHOP, resource_type: 'pods', field_selector: 'status.phase!=Running' },
    maxBytes: 600,
  },
  {
    what: 'the images of the deployments of a namespace',
    tool: 'k8s_get',
    args: {
      ...SHOP,
      resource_type: 'deployments',
      fields: 'NAME:.metadata.name,IMAGES:.spec.template.spec.containers[*].image',
    },
    maxBytes: 600,
  },
  {
    what: 'one deployment, to read',
    tool: 'k8s_get',
    args: { ...SHOP, resource_type: 'deployment', name: 'web', output: 'yaml' },
    maxBytes: 2_000,
  },
  {
    what: 'why a pod is pending',
    tool: 'k8s_describe',
    args: { ...SHOP, resource_type: 'pod' },
    podOf: { app: 'recommender', as: 'name' },
    maxBytes: 6_000,
  },
  {
    what: 'a service with its endpoints',
    tool: 'k8s_describe',
    args: { ...SHOP, resource_type: 'service', name: 'web' },
    maxBytes: 1_000,
  },
  {
    what: 'the last 50 lines of a log',
    tool: 'k8s_logs',
    args: { ...SHOP, container_name: 'api', num_lines: 50 },
    podOf: { app: 'api', as: 'pod_name' },
    maxBytes: 4_000,
  },
  {
    what: 'the log of a container before it crashed',
    tool: 'k8s_logs',
    args: { ...SHOP, previous: true },
    podOf: { app: 'mailer', as: 'pod_name' },
    maxBytes: 600,
  },
  {
    what: 'the warnings of a namespace',
    tool: 'k8s_events',
    args: { ...SHOP, type: 'Warning' },
    maxBytes: 6_000,
  },
  {
    what: 'what the pods of a namespace use',
    tool: 'k8s_top_pods',
    args: SHOP,
    maxBytes: 1_500,
  },
  {
    what: 'why a rollout does not go on',
    tool: 'k8s_rollout_status',
    args: { ...SHOP, resource_type: 'deployment', name: 'payments', timeout_seconds: 1 },
    maxBytes: 1_000,
  },
  {
    what: 'the Argo Rollouts of a namespace',
    tool: 'argo_list_rollouts',
    args: SHOP,
    maxBytes: 1_200,
  },
  {
    what: 'where a canary stands',
    tool: 'argo_status',
    args: { ...SHOP, name: 'checkout' },
    maxBytes: 600,
  },
  { what: 'the Helm releases', tool: 'helm_list_releases', args: SHOP, maxBytes: 400 },
  {
    what: 'the values of a release',
    tool: 'helm_get_values',
    args: { ...SHOP, release_name: 'shop-cache' },
    maxBytes: 100,
  },
  {
    what: 'what applying three new objects would do',
    tool: 'k8s_apply',
    args: { content: manifest('nginx:1.27'), dry_run: true },
    maxBytes: 2_000,
  },
  {
    what: 'three objects are created',
    tool: 'k8s_apply',
    args: { content: manifest('nginx:1.27') },
    maxBytes: 100,
  },
  {
    what: 'they are applied again with another image',
    tool: 'k8s_apply',
    args: { content: manifest('nginx:1.28') },
    maxBytes: 500,
  },
  {
    what: 'a deployment is scaled',
    tool: 'k8s_scale',
    args: { ...OWN, replicas: 3 },
    maxBytes: 200,
  },
  { what: 'a deployment is deleted', tool: 'k8s_delete', args: OWN, maxBytes: 60 },
];
