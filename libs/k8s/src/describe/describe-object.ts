import type { Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { ObjectDto } from '../object.dto.js';
import type { KubectlService } from '../kubectl/kubectl.service.js';
import { secretText, type Secret } from './secret-text.js';

const METADATA_ONLY =
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';

/**
 * What `kubectl describe` prints, without the values of a Secret.
 * @throws ToolError `not_found` for an unknown kind, with the nearest ones, or an unknown name
 */
export async function describeObject(
  kubectl: KubectlService,
  cluster: Cluster,
  query: ObjectDto,
  call: ToolCall,
): Promise<string> {
  const { resource_type, name, namespace } = query;
  const { signal } = call;
  // Resolved here first: the error for an unknown kind names the nearest ones, and kubectl gets an
  // unambiguous name.
  const resource = await cluster.discovery.resolve(resource_type, signal);
  // Not by kubectl, which would print the token of a service account.
  if (resource.groupResource === 'secrets') {
    return secretText(await cluster.request<Secret>(resource.path(namespace, name), { signal }));
  }
  // Reports a missing object or an unreachable API server at once, with our own error.
  await cluster.request(resource.path(namespace, name), { signal, accept: METADATA_ONLY });
  const scope = resource.namespaced ? [`--namespace=${namespace}`] : [];
  const args = ['describe', ...scope, '--', resource.groupResource, name];
  return kubectl.run(cluster, args, call);
}
