/** `k8s_port_forward_list` takes no parameters. */
export class PortForwardListDto {}
