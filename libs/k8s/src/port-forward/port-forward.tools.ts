import { Clusters, DryRunField, isDryRun } from '#cluster';
import { ownerOf, Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { PortForwardListDto } from './port-forward-list.dto.js';
import { PortForwardStopDto } from './port-forward-stop.dto.js';
import { PortForwardDto } from './port-forward.dto.js';
import { K8S } from '../k8s.category.js';
import { PortForwards } from './port-forwards.js';

/** The tool that opens port forwards. */
@ToolProvider(K8S)
export class PortForwardTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly forwards: PortForwards,
  ) {}

  @Tool({
    name: 'k8s_port_forward',
    title: 'Port Forward to Kubernetes Resource',
    description:
      "Opens local:remote ports (0:80,9090:metrics; 0 is any free) on this server's host to a pod or a ready one of a service or deployment.",
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    effects: ['exec'],
    example: {
      resource_name: 'web',
      ports: '0:80',
      namespace: 'shop',
      resource_type: 'service',
      dry_run: true,
    },
    sharedFields: [DryRunField],
  })
  async portForward(query: PortForwardDto, call: ToolCall): Promise<ToolResult | string> {
    const cluster = this.clusters.of(call);
    return isDryRun(call)
      ? this.forwards.preview(cluster, query, call)
      : this.forwards.start(cluster, query, call);
  }
}

/** Tools for the open port forwards of all clusters. */
@ToolProvider({ ...K8S, sharedFields: [] })
export class OpenPortForwardsTools {
  constructor(private readonly forwards: PortForwards) {}

  @Tool({
    name: 'k8s_port_forward_list',
    title: 'List Kubernetes Port Forwards',
    description: 'Lists open port forwards with id, addresses and end.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: {},
  })
  async portForwardList(_: PortForwardListDto, call: ToolCall): Promise<ToolResult> {
    return this.forwards.list(ownerOf(call.principal));
  }

  @Tool({
    name: 'k8s_port_forward_stop',
    title: 'Stop Kubernetes Port Forward',
    description: 'Ends a port forward by its id, or ends all.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['exec'],
    example: { id: 'all', dry_run: true },
    sharedFields: [DryRunField],
  })
  async portForwardStop({ id }: PortForwardStopDto, call: ToolCall): Promise<string> {
    return this.forwards.stop(id, ownerOf(call.principal), isDryRun(call));
  }
}
