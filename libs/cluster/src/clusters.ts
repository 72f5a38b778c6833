import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { FileWatch } from '#base';
import { Programs } from '#cli';
import { type Lane, type ToolCall } from '#tools';
import { clusterConfig, type ClusterConfig } from './cluster.config.js';
import { Cluster } from './cluster.js';
import { Gate } from './gate/gate.js';
import type { Connection } from './http/connection/connection.js';
import { ReadBudget } from './http/read-budget.js';
import { IN_CLUSTER, InClusterConnection } from './kubeconfig/in-cluster.connection.js';
import { FollowedKubeconfig } from './kubeconfig/followed-kubeconfig.js';
import { KubeconfigConnection } from './kubeconfig/kubeconfig.connection.js';
import { changesBetween, contextsOf, type KnownContexts } from './known-contexts.js';
import { noContexts, noDefault, unknownContext } from './missing-context.js';
import { UnusableContexts } from './unusable-contexts.js';

/**
 * The API servers that this server can reach: the contexts of its kubeconfig, and the cluster that
 * it runs in. It follows their files. A call goes on with the cluster that it began with, whatever
 * becomes of its context. A context that cannot be used fails when it is asked for; the others
 * still work.
 */
@Injectable()
export class Clusters implements OnApplicationShutdown {
  private readonly logger = new Logger(Clusters.name);
  private readonly followed: FollowedKubeconfig;
  private readonly account: FileWatch | undefined;
  private readonly unusable = new UnusableContexts();
  private readonly clusters = new Map<string, Cluster>();
  /** Those that calls under way may still use. */
  private retired: WeakRef<Cluster>[] = [];
  /** The cluster of each call under way, by its shared parameters. */
  private readonly begun = new WeakMap<ToolCall['shared'], Cluster>();
  private readonly lanes = new WeakMap<Cluster, Lane>();
  private readonly listeners: (() => void)[] = [];
  private readonly budget: ReadBudget;
  private known: KnownContexts;

  constructor(
    @Inject(clusterConfig.KEY) private readonly config: ClusterConfig,
    private readonly programs: Programs,
    private readonly gate: Gate,
  ) {
    const { kubeconfigPaths, inCluster, maxReadBytes } = config;
    const update = () => this.update();
    this.budget = new ReadBudget(maxReadBytes);
    this.account =
      inCluster && new FileWatch(tokenOf(inCluster), update, { everyMs: 5_000, listens: true });
    this.followed = new FollowedKubeconfig(kubeconfigPaths, update);
    this.known = this.contexts();
    this.tellUnusable();
    if (this.names.length === 0) {
      this.logger.warn(`No context was found in ${kubeconfigPaths.join(', ')}`);
    }
  }

  /** The context names, in the kubeconfig's order. */
  get names(): readonly string[] {
    return this.known.names;
  }

  /** The context that is used when none is named. */
  get defaultName(): string | undefined {
    return this.known.defaultName;
  }

  /** What is wrong with files of kubeconfigs and credentials whose content before is in force. */
  get problems(): string[] {
    const ofClusters = [...this.clusters.values()].flatMap(({ problems }) => problems);
    return [...this.followed.problems, ...new Set(ofClusters)];
  }

  /** Calls a function whenever there are other contexts, or another default one. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /**
   * @param name a context; the default one if left out
   * @throws ToolError `invalid_input` with the names if it is unknown, `unavailable` if it or the
   * whole kubeconfig cannot be used
   */
  get(name: string | undefined = this.defaultName): Cluster {
    const made = name === undefined ? undefined : this.clusters.get(name);
    if (made) return made;
    const isPartial = this.followed.problems.length > 0;
    if (this.names.length === 0) throw noContexts(isPartial);
    if (name === undefined) throw noDefault(this.known, this.config.defaultContext);
    if (!this.names.includes(name)) throw unknownContext(name, this.names, isPartial);
    const { userAgent } = this.config;
    const cluster = new Cluster(this.connection(name), userAgent, this.budget, this.gate);
    this.clusters.set(name, cluster);
    return cluster;
  }

  /**
   * The cluster that a tool call is for: that of its `context` parameter. It stays the same until
   * the call ends. Throws as `get`.
   */
  of({ shared }: Pick<ToolCall, 'shared'>): Cluster {
    const begun = this.begun.get(shared);
    if (begun) return begun;
    const cluster = this.get(shared['context'] as string | undefined);
    this.begun.set(shared, cluster);
    return cluster;
  }

  /** The lane of calls to a context. Undefined for one that is unknown or cannot be used. */
  laneOf(name: string | undefined = this.defaultName): Lane | undefined {
    if (name === undefined || !this.names.includes(name)) return undefined;
    let cluster: Cluster;
    try {
      cluster = this.get(name);
    } catch {
      return undefined;
    }
    let lane = this.lanes.get(cluster);
    if (!lane) {
      lane = this.makeLane(cluster);
      this.lanes.set(cluster, lane);
    }
    return lane;
  }

  async onApplicationShutdown(): Promise<void> {
    this.followed.close();
    this.account?.close();
    const retired = this.retired.flatMap((one) => one.deref() ?? []);
    await Promise.all([...this.clusters.values(), ...retired].map((cluster) => cluster.close()));
  }

  private contexts(): KnownContexts {
    const { inCluster, defaultContext } = this.config;
    return contextsOf(this.followed.current, {
      isInPod: inCluster !== undefined,
      hasAccount: inCluster !== undefined && existsSync(tokenOf(inCluster)),
      chosen: defaultContext,
    });
  }

  private update(): void {
    const before = this.known;
    this.known = this.contexts();
    const { isDefaultChanged, ...changes } = changesBetween(before, this.known);
    const { added, changed, removed } = changes;
    this.retire([...changed, ...removed]);
    this.tellUnusable();
    if (added.length + changed.length + removed.length === 0 && !isDefaultChanged) return;
    const { defaultName } = this;
    this.logger.log({ msg: 'contexts changed', ...changes, default: defaultName });
    for (const listener of this.listeners) listener();
  }

  private retire(names: readonly string[]): void {
    this.retired = this.retired.filter((one) => one.deref() !== undefined);
    for (const name of names) {
      const cluster = this.clusters.get(name);
      if (!cluster) continue;
      this.clusters.delete(name);
      cluster.retire();
      this.retired.push(new WeakRef(cluster));
    }
  }

  private tellUnusable(): void {
    this.unusable.tell(this.names, (name) => {
      try {
        this.connection(name);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    });
  }

  private makeLane(cluster: Cluster): Lane {
    const isOnly = () => this.names.length === 1;
    return {
      name: cluster.name,
      get isOnly() {
        return isOnly();
      },
      get refusal() {
        return cluster.refusal;
      },
      get waitedMs() {
        return cluster.waitedMs;
      },
    };
  }

  private connection(name: string): Connection {
    const { inCluster } = this.config;
    const { kubeconfig } = this.known;
    return inCluster && name === IN_CLUSTER && !kubeconfig.entry('contexts', name)
      ? new InClusterConnection(inCluster)
      : new KubeconfigConnection(kubeconfig, name, this.programs);
  }
}

function tokenOf({ serviceAccountPath }: NonNullable<ClusterConfig['inCluster']>): string {
  return join(serviceAccountPath, 'token');
}
