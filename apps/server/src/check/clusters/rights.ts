/** The words of the ready policies, from the least to the most. */
export const LEVELS = ['read-only', 'operator', 'admin'] as const;
export type Level = (typeof LEVELS)[number];

/** Something that an account may do, and the tools that cannot work without it. */
export interface Right {
  level: Level;
  verb: string;
  /** A plural, with its subresource. */
  resource: string;
  /** The API group; the core group if left out. */
  group?: string;
  isClusterWide?: boolean;
  tools: readonly string[];
}

const ARGO = 'argoproj.io';
const METRICS = 'metrics.k8s.io';

/** What the tools need, by one typical object each. */
export const RIGHTS: readonly Right[] = [
  { level: 'read-only', verb: 'list', resource: 'pods', tools: ['k8s_get', 'k8s_describe'] },
  { level: 'read-only', verb: 'get', resource: 'pods/log', tools: ['k8s_logs'] },
  { level: 'read-only', verb: 'list', resource: 'events', tools: ['k8s_events'] },
  {
    level: 'read-only',
    verb: 'list',
    resource: 'deployments',
    group: 'apps',
    tools: ['k8s_rollout_status', 'k8s_rollout_history'],
  },
  {
    level: 'read-only',
    verb: 'list',
    resource: 'nodes',
    isClusterWide: true,
    tools: ['k8s_cluster_info'],
  },
  { level: 'read-only', verb: 'list', resource: 'pods', group: METRICS, tools: ['k8s_top_pods'] },
  {
    level: 'read-only',
    verb: 'list',
    resource: 'nodes',
    group: METRICS,
    isClusterWide: true,
    tools: ['k8s_top_nodes'],
  },
  {
    level: 'read-only',
    verb: 'list',
    resource: 'secrets',
    tools: [
      'helm_list_releases',
      'helm_status',
      'helm_history',
      'helm_get_values',
      'helm_get_manifest',
    ],
  },
  {
    level: 'read-only',
    verb: 'list',
    resource: 'rollouts',
    group: ARGO,
    tools: ['argo_list_rollouts', 'argo_status', 'argo_history', 'argo_describe'],
  },
  {
    level: 'read-only',
    verb: 'list',
    resource: 'analysisruns',
    group: ARGO,
    tools: ['argo_list_analysisruns', 'argo_get_analysisrun'],
  },
  {
    level: 'read-only',
    verb: 'list',
    resource: 'experiments',
    group: ARGO,
    tools: ['argo_list_experiments'],
  },
  {
    level: 'operator',
    verb: 'create',
    resource: 'deployments',
    group: 'apps',
    tools: ['k8s_apply'],
  },
  {
    level: 'operator',
    verb: 'patch',
    resource: 'deployments',
    group: 'apps',
    tools: ['k8s_patch', 'k8s_set_image', 'k8s_rollout_restart', 'k8s_rollout_undo'],
  },
  {
    level: 'operator',
    verb: 'patch',
    resource: 'deployments/scale',
    group: 'apps',
    tools: ['k8s_scale'],
  },
  { level: 'operator', verb: 'delete', resource: 'pods', tools: ['k8s_delete'] },
  { level: 'operator', verb: 'create', resource: 'pods', tools: ['k8s_run_pod'] },
  { level: 'operator', verb: 'create', resource: 'pods/exec', tools: ['k8s_exec'] },
  { level: 'operator', verb: 'create', resource: 'pods/portforward', tools: ['k8s_port_forward'] },
  { level: 'operator', verb: 'create', resource: 'pods/eviction', tools: ['k8s_drain'] },
  {
    level: 'operator',
    verb: 'patch',
    resource: 'nodes',
    isClusterWide: true,
    tools: ['k8s_cordon', 'k8s_uncordon'],
  },
  {
    level: 'operator',
    verb: 'create',
    resource: 'secrets',
    tools: [
      'helm_install',
      'helm_install_with_values',
      'helm_upgrade',
      'helm_rollback',
      'helm_uninstall',
    ],
  },
  {
    level: 'operator',
    verb: 'patch',
    resource: 'rollouts',
    group: ARGO,
    tools: [
      'argo_promote',
      'argo_pause_rollout',
      'argo_resume_rollout',
      'argo_abort_rollout',
      'argo_retry',
      'argo_set_image',
      'argo_rollout_restart',
      'argo_undo',
    ],
  },
  {
    level: 'admin',
    verb: 'create',
    resource: 'clusterrolebindings',
    group: 'rbac.authorization.k8s.io',
    isClusterWide: true,
    tools: [],
  },
];

/** Where somebody has a right. */
export type Extent = 'everywhere' | 'namespace' | 'nowhere';

/** What rights come to, in the words of the ready policies. */
export interface Standing {
  /** Undefined for an account that may do nothing. */
  level: Level | undefined;
  /** What is missing from the level. */
  lacks: readonly Right[];
  /** Whether it holds in one namespace only. */
  isOfNamespace: boolean;
}

/** Sums up rights: the highest level of which there is something, and what is missing from it. */
export function standingOf(extents: ReadonlyMap<Right, Extent>): Standing {
  const held = [...extents].filter(([, extent]) => extent !== 'nowhere');
  const level = LEVELS.findLast((one) => held.some(([right]) => right.level === one));
  if (level === undefined) return { level, lacks: [], isOfNamespace: false };
  const upTo = LEVELS.indexOf(level);
  const lacks = [...extents].flatMap(([right, extent]) =>
    extent === 'nowhere' && LEVELS.indexOf(right.level) <= upTo ? [right] : [],
  );
  const inNamespaces = held.filter(([{ isClusterWide }]) => isClusterWide !== true);
  const isOfNamespace =
    inNamespaces.length > 0 && inNamespaces.every(([, extent]) => extent === 'namespace');
  return { level, lacks, isOfNamespace };
}

/** A right in words, as people read it from kubectl: `patch deployments.apps/scale`. */
export function rightText({ verb, resource, group }: Right): string {
  const [plural, subresource] = resource.split('/');
  const place = group === undefined ? '' : `.${group}`;
  return `${verb} ${plural}${place}${subresource === undefined ? '' : `/${subresource}`}`;
}
