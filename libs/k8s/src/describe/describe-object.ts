import type { Cluster, KubernetesObject } from '#cluster';
import type { ToolCall } from '#tools';
import { foldDescribedEvents } from './described-events.js';
import { findingsOn, hasFindings, type Findings } from './findings/findings.js';
import { METADATA_ONLY } from './findings/look.js';
import type { ObjectDto } from '../object.dto.js';
import type { KubectlService } from '../kubectl/kubectl.service.js';
import { secretText, type Secret } from './secret-text.js';

/**
 * What `kubectl describe` prints, without the values of a Secret and with equal events as one row;
 * before it what is found to be missing, and after it what kubectl leaves out.
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
  const { groupResource } = resource;
  // Not by kubectl, which would print the token of a service account.
  if (groupResource === 'secrets') {
    return secretText(await cluster.request<Secret>(resource.path(namespace, name), { signal }));
  }
  // Reports a missing object or an unreachable API server at once, with our own error.
  const accept = hasFindings(groupResource) ? undefined : METADATA_ONLY;
  const path = resource.path(namespace, name);
  const object = await cluster.request<KubernetesObject>(path, { signal, accept });
  const scope = resource.namespaced ? [`--namespace=${namespace}`] : [];
  const args = ['describe', ...scope, '--', groupResource, name];
  const [printed, found] = await Promise.all([
    kubectl.run(cluster, args, call),
    hasFindings(groupResource) ? findingsOn(cluster, groupResource, object, signal) : undefined,
  ]);
  const described = foldDescribedEvents(printed);
  return found ? withFindings(described, found, call.maxOutputChars) : described;
}

function withFindings(described: string, { findings, more }: Findings, maxChars: number): string {
  const list = findings.map((finding) => `- ${finding}`).join('\n');
  const text = list === '' ? described : `Findings:\n${list}\n\n${described}`;
  return more ? `${text}\n${more(maxChars - text.length - 1)}` : text;
}
