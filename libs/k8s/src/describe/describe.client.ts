import { Injectable } from '@nestjs/common';
import type { Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { ObjectDto } from './object.dto.js';
import { KubectlClient } from './kubectl.client.js';
import { secretText, type Secret } from './secret-text.js';

const METADATA_ONLY =
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';

/** Describes objects for people. */
@Injectable()
export class DescribeClient {
  constructor(private readonly kubectl: KubectlClient) {}

  /**
   * What `kubectl describe` prints, without the values of a Secret.
   * @throws ToolError `not_found` for an unknown kind, with the nearest ones, or an unknown name
   */
  async describe(cluster: Cluster, query: ObjectDto, call: ToolCall): Promise<string> {
    const { resource_type, name, namespace } = query;
    const { signal } = call;
    // Resolved by us first: an unknown kind is answered with the nearest ones, and kubectl gets an
    // unambiguous name.
    const resource = await cluster.discovery.resolve(resource_type, signal);
    // kubectl would print the token of a service account, so it is not asked.
    if (resource.groupResource === 'secrets') {
      return secretText(await cluster.request<Secret>(resource.path(namespace, name), { signal }));
    }
    // A missing object or an API server that is away is told by us at once, in our own words.
    await cluster.request(resource.path(namespace, name), { signal, accept: METADATA_ONLY });
    const scope = resource.namespaced ? [`--namespace=${namespace}`] : [];
    const args = ['describe', ...scope, '--', resource.groupResource, name];
    return this.kubectl.run(cluster, args, call);
  }
}
