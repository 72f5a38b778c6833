import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { alignLines, type Cluster } from '#cluster';
import { ownerOf, ToolError, type ToolCall, type ToolResult } from '#tools';
import type { PortForwardDto } from './port-forward.dto.js';
import { k8sConfig, type K8sConfig } from '../k8s.config.js';
import { forwardTarget } from './port-forward-target.js';
import { PortForward } from './port-forward.js';

const ALL = 'all';

/** The port forwards that are open on this server. They end when the server stops. */
@Injectable()
export class PortForwards implements OnModuleDestroy {
  private readonly open = new Map<string, PortForward>();
  /** Forwards that are being opened. They count towards the limit. */
  private opening = 0;

  constructor(@Inject(k8sConfig.KEY) private readonly config: K8sConfig) {}

  /**
   * Opens a forward and leaves it open.
   * @throws ToolError `busy` if too many are open, `conflict` for a local port in use, and as
   * `forwardTarget`
   */
  async start(cluster: Cluster, query: PortForwardDto, call: ToolCall): Promise<ToolResult> {
    this.requireRoom();
    this.opening += 1;
    try {
      const { namespace, resource_type, resource_name, duration_seconds } = query;
      const { pod, ports } = await forwardTarget(cluster, query, call.signal);
      call.signal.throwIfAborted();
      const forward = new PortForward(
        {
          cluster,
          owner: ownerOf(call.principal),
          namespace,
          pod,
          ports,
          target: `${resource_type}/${resource_name}`,
          durationSeconds: duration_seconds,
        },
        () => this.open.delete(forward.id),
      );
      await forward.open();
      this.open.set(forward.id, forward);
      return started(forward);
    } finally {
      this.opening -= 1;
    }
  }

  /** Says what would be forwarded, after the same checks except that of the local ports. */
  async preview(cluster: Cluster, query: PortForwardDto, call: ToolCall): Promise<string> {
    this.requireRoom();
    const { pod, ports } = await forwardTarget(cluster, query, call.signal);
    const lines = ports.map(
      ({ local, remote }) =>
        `127.0.0.1:${local || '(a free port)'} -> pod ${query.namespace}/${pod} port ${remote}`,
    );
    return ['Would forward (dry run: nothing was opened)', ...lines].join('\n');
  }

  /**
   * A table of the forwards that are open.
   * @param owner whose; those of everybody if undefined
   */
  list(owner: string | undefined): ToolResult {
    const forwards = this.openOf(owner);
    const data = forwards.map(describe);
    if (forwards.length === 0) return { output: 'No port forwards are open.', data };
    const rows = data.map((one) => [
      one.id,
      one.context,
      one.namespace,
      one.target,
      one.pod,
      one.ports.map(({ local, remote }) => `${local} -> ${remote}`).join(', '),
      String(one.connections),
      one.ends_at,
      one.last_error ?? '<none>',
    ]);
    const header = ['ID', 'CONTEXT', 'NAMESPACE', 'TARGET', 'POD', 'PORTS'];
    const table = [[...header, 'CONNECTIONS', 'ENDS', 'LAST ERROR'], ...rows];
    return { output: alignLines(table).join('\n'), data };
  }

  /**
   * Ends one forward, or all of them.
   * @param owner whose; those of everybody if undefined
   * @throws ToolError `not_found` with the ids of the open ones
   */
  stop(id: string, owner: string | undefined, isDryRun: boolean): string {
    const forwards = id === ALL ? this.openOf(owner) : [this.find(id, owner)];
    if (!isDryRun) for (const forward of forwards) forward.close();
    if (forwards.length === 0) return 'No port forwards are open.';
    const ids = forwards.map((forward) => forward.id).join(', ');
    return isDryRun
      ? `Would stop port forward ${ids} (dry run: nothing was stopped)`
      : `Stopped port forward ${ids}`;
  }

  onModuleDestroy(): void {
    this.stop(ALL, undefined, false);
  }

  private openOf(owner: string | undefined): PortForward[] {
    const all = [...this.open.values()];
    return owner === undefined ? all : all.filter(({ options }) => options.owner === owner);
  }

  private find(id: string, owner: string | undefined): PortForward {
    const forwards = this.openOf(owner);
    const forward = forwards.find((one) => one.id === id);
    if (forward) return forward;
    const ids = forwards.map((one) => one.id).join(', ') || 'none';
    throw new ToolError('not_found', `There is no port forward "${id}". Open now: ${ids}.`);
  }

  private requireRoom(): void {
    const { maxPortForwards } = this.config;
    if (this.open.size + this.opening < maxPortForwards) return;
    const ends = [...this.open.values()].map(({ endsAt }) => endsAt.getTime() - Date.now());
    throw new ToolError(
      'busy',
      `${this.open.size} port forwards are open, which is the most that this server allows (K8S_MAX_PORT_FORWARDS). Stop one with k8s_port_forward_stop.`,
      { retryAfterSeconds: Math.max(1, Math.ceil(Math.min(60_000, ...ends) / 1_000)) },
    );
  }
}

function describe({ id, options, addresses, connections, endsAt, lastError }: PortForward) {
  const { cluster, namespace, target, pod } = options;
  return {
    id,
    context: cluster.name,
    namespace,
    target,
    pod,
    ports: addresses,
    connections,
    ends_at: `${endsAt.toISOString().slice(0, 19)}Z`,
    last_error: lastError,
  };
}

function started(forward: PortForward): ToolResult {
  const data = describe(forward);
  const lines = data.ports.map(
    ({ local, remote }) => `${local} -> pod ${data.namespace}/${data.pod} port ${remote}`,
  );
  const output = [
    `Port forward ${data.id} is open until ${data.ends_at} on the host of this server:`,
    ...lines,
    'k8s_port_forward_stop ends it earlier.',
  ].join('\n');
  return { output, data };
}
