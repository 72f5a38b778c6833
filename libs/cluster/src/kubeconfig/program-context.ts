import { delimiter } from 'node:path';
import type { ClusterConfig } from '../cluster.config.js';
import type { Cluster } from '../cluster.js';
import { IN_CLUSTER } from './in-cluster.connection.js';

/**
 * How a program that reads kubeconfig files, such as kubectl or helm, reaches the same API server
 * by the same credentials.
 */
export interface ProgramContext {
  /** To be added to its environment. */
  env: Record<string, string>;
  /**
   * What its flag for the context has to name; undefined where it finds the cluster that it runs in
   * by itself.
   */
  context: string | undefined;
}

/** The environment and the context by which a program reaches a cluster. */
export function programContext(
  { name, quietPluginsFile }: Cluster,
  { kubeconfigPaths }: ClusterConfig,
): ProgramContext {
  const files = [quietPluginsFile(), ...kubeconfigPaths].filter((file) => file !== undefined);
  return {
    env: { KUBECONFIG: files.join(delimiter) },
    context: name === IN_CLUSTER ? undefined : name,
  };
}
