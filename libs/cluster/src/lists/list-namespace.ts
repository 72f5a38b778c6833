import { invalidField } from '#tools';
import type { Cluster } from '../cluster.js';

/**
 * The namespace that a listing looks in; undefined for all of them.
 * @throws ToolError `invalid_input` for a namespace together with all of them
 */
export function namespaceToList(
  cluster: Cluster,
  { namespace, all_namespaces }: { namespace?: string; all_namespaces: boolean },
): string | undefined {
  if (!all_namespaces) return namespace ?? cluster.namespace;
  if (namespace === undefined) return undefined;
  throw invalidField('namespace', 'cannot be given together with all_namespaces');
}
