import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Programs } from '#cli';
import { ToolError, type Lane, type ToolCall } from '#tools';
import { clusterConfig, type ClusterConfig } from './cluster.config.js';
import { Cluster } from './cluster.js';
import { Gate } from './gate/gate.js';
import type { Connection } from './http/connection/connection.js';
import { ReadBudget } from './http/read-budget.js';
import { IN_CLUSTER, InClusterConnection } from './kubeconfig/in-cluster.connection.js';
import { KubeconfigConnection } from './kubeconfig/kubeconfig.connection.js';
import { Kubeconfig } from './kubeconfig/kubeconfig.js';

/** What callers learn about the files. Their paths are only in the log. */
const UNREADABLE = 'A part of it cannot be read; the log of the server says which and why.';

/**
 * The API servers that this server can reach: the contexts of its kubeconfig, or the cluster that
 * it runs in. A context that cannot be used fails when it is asked for. The others still work.
 */
@Injectable()
export class Clusters implements OnApplicationShutdown {
  /** The context names, in the kubeconfig's order. */
  readonly names: readonly string[];
  /** The context that is used when none is named. */
  readonly defaultName: string | undefined;
  private readonly kubeconfig: Kubeconfig;
  private readonly clusters = new Map<string, Cluster>();
  private readonly lanes = new Map<string, Lane>();
  private readonly budget: ReadBudget;

  constructor(
    @Inject(clusterConfig.KEY) private readonly config: ClusterConfig,
    private readonly programs: Programs,
    private readonly gate: Gate,
  ) {
    this.kubeconfig = new Kubeconfig(config.kubeconfigPaths);
    this.budget = new ReadBudget(config.maxReadBytes);
    const logger = new Logger(Clusters.name);
    for (const problem of this.kubeconfig.problems) logger.warn(problem);
    const { contextNames, currentContext } = this.kubeconfig;
    const inCluster = contextNames.length === 0 && config.inCluster !== undefined;
    this.names = inCluster ? [IN_CLUSTER] : contextNames;
    if (this.names.length === 0) {
      logger.warn(`No context was found in ${config.kubeconfigPaths.join(', ')}`);
    }
    // A current context that does not exist is a mistake. Another one in its place might be
    // production.
    const wanted = currentContext ?? (this.names.length === 1 ? this.names[0] : undefined);
    this.defaultName = this.names.find((name) => name === wanted);
  }

  /**
   * @param name a context; the default one if left out
   * @throws ToolError `invalid_input` with the names if it is unknown, `unavailable` if it or the
   * whole kubeconfig cannot be used
   */
  get(name: string | undefined = this.defaultName): Cluster {
    const known = name === undefined ? undefined : this.clusters.get(name);
    if (known) return known;
    if (this.names.length === 0) throw this.notConfigured();
    if (name === undefined) throw this.notNamed();
    if (!this.names.includes(name)) throw this.unknown(name);
    const connection = this.connection(name);
    const cluster = new Cluster(connection, this.config.userAgent, this.budget, this.gate);
    this.clusters.set(name, cluster);
    return cluster;
  }

  /** The cluster that a tool call is for: that of its `context` parameter. Throws as `get`. */
  of({ shared }: Pick<ToolCall, 'shared'>): Cluster {
    return this.get(shared['context'] as string | undefined);
  }

  /** The lane of calls to a context. Undefined for one that is unknown or cannot be used. */
  laneOf(name: string | undefined = this.defaultName): Lane | undefined {
    const known = name === undefined ? undefined : this.lanes.get(name);
    if (known || name === undefined || !this.names.includes(name)) return known;
    let cluster: Cluster;
    try {
      cluster = this.get(name);
    } catch {
      return undefined;
    }
    const lane: Lane = {
      name,
      isOnly: this.names.length === 1,
      get refusal() {
        return cluster.refusal;
      },
      get waitedMs() {
        return cluster.waitedMs;
      },
    };
    this.lanes.set(name, lane);
    return lane;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.clusters.values()].map((cluster) => cluster.close()));
  }

  private connection(name: string): Connection {
    const { inCluster } = this.config;
    return inCluster && name === IN_CLUSTER && !this.kubeconfig.entry('contexts', name)
      ? new InClusterConnection(inCluster)
      : new KubeconfigConnection(this.kubeconfig, name, this.programs);
  }

  private unknown(name: string): ToolError {
    const problem = this.kubeconfig.problems.length > 0 ? ` ${UNREADABLE}` : '';
    const message = `Unknown context "${name}". Contexts: ${this.names.join(', ')}.${problem}`;
    return this.wrongContext(message, `"${name}" is unknown`);
  }

  private notNamed(): ToolError {
    const { currentContext } = this.kubeconfig;
    const names = this.names.join(', ');
    const what =
      currentContext === undefined
        ? 'The kubeconfig has no current-context.'
        : `The current-context of the kubeconfig, "${currentContext}", is not one of its contexts.`;
    if (this.names.length > 1) {
      return this.wrongContext(`${what} Name a context: ${names}.`, 'is required');
    }
    // With only one context, tools have no parameter to name it.
    const wayOn = `Set current-context to ${names}, and start the server again.`;
    return new ToolError('unavailable', `${what} ${wayOn}`, { retryable: false });
  }

  private wrongContext(text: string, message: string): ToolError {
    const accepts = `one of ${this.names.join(', ')}`;
    return new ToolError('invalid_input', text, {
      errors: [{ field: 'context', message, accepts }],
    });
  }

  private notConfigured(): ToolError {
    const why =
      this.kubeconfig.problems.length > 0
        ? `The kubeconfig cannot be used. ${UNREADABLE}`
        : 'No cluster is configured.';
    const message = `${why} Set KUBECONFIG to a kubeconfig file and start the server again.`;
    return new ToolError('unavailable', message, { retryable: false });
  }
}
