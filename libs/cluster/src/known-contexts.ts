import { IN_CLUSTER } from './kubeconfig/in-cluster.connection.js';
import type { Kubeconfig } from './kubeconfig/kubeconfig.js';

/** The contexts that there are at a time. */
export interface KnownContexts {
  readonly kubeconfig: Kubeconfig;
  /** Those of the kubeconfig in its order, and then the account of the pod. */
  readonly names: readonly string[];
  /** The context that is meant where none is named. It need not be there. */
  readonly wanted: string | undefined;
  /** `wanted`, if it is there. */
  readonly defaultName: string | undefined;
}

interface Others {
  /** Whether the server runs in a pod. */
  isInPod: boolean;
  /** Whether that pod has a service account. */
  hasAccount: boolean;
  /** The setting `DEFAULT_CONTEXT`. */
  chosen: string | undefined;
}

/**
 * The contexts of a kubeconfig beside the account of the pod. A current context that does not exist
 * is a mistake: another one in its place might be production.
 */
export function contextsOf(
  kubeconfig: Kubeconfig,
  { isInPod, hasAccount, chosen }: Others,
): KnownContexts {
  const { contextNames, currentContext } = kubeconfig;
  // Without a kubeconfig, a call says what is wrong with the account.
  const isOffered = isInPod && (hasAccount || contextNames.length === 0);
  const names =
    isOffered && !contextNames.includes(IN_CLUSTER) ? [...contextNames, IN_CLUSTER] : contextNames;
  const [only] = contextNames.length === 0 ? names : contextNames;
  const wanted = chosen ?? currentContext ?? (contextNames.length <= 1 ? only : undefined);
  return { kubeconfig, names, wanted, defaultName: names.find((name) => name === wanted) };
}

/** The contexts that are others, or reached in another way, than before. */
export interface ContextChanges {
  added: string[];
  changed: string[];
  removed: string[];
  isDefaultChanged: boolean;
}

export function changesBetween(before: KnownContexts, now: KnownContexts): ContextChanges {
  const isSame = (name: string) => now.kubeconfig.hasSame(name, before.kubeconfig);
  return {
    added: now.names.filter((name) => !before.names.includes(name)),
    changed: now.names.filter((name) => before.names.includes(name) && !isSame(name)),
    removed: before.names.filter((name) => !now.names.includes(name)),
    isDefaultChanged: before.wanted !== now.wanted || before.defaultName !== now.defaultName,
  };
}
