import { ContextField } from '#cluster';

/** The category of all tools of this lib. */
export const K8S = {
  name: 'k8s',
  description: 'Kubernetes: look at a cluster and operate it',
  sharedFields: [ContextField],
  // The tools in the order in which clients show them. One that is not listed comes after these.
  order: [
    'k8s_logs',
    'k8s_get',
    'k8s_describe',
    'k8s_events',
    'k8s_apply',
    'k8s_patch',
    'k8s_set_image',
    'k8s_rollout_restart',
    'k8s_scale',
    'k8s_delete',
    'wait_for_x_seconds',
    'k8s_rollout_status',
    'k8s_rollout_undo',
    'k8s_rollout_history',
    'k8s_cluster_info',
    'k8s_cordon',
    'k8s_uncordon',
    'k8s_drain',
    'k8s_run_pod',
    'k8s_exec',
    'k8s_port_forward',
    'k8s_port_forward_list',
    'k8s_port_forward_stop',
    'k8s_top_pods',
    'k8s_top_nodes',
  ],
};
