/** `k8s_cluster_info` takes no parameters of its own. */
export class ClusterInfoDto {}
