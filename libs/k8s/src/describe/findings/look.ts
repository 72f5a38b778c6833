import { ifFound, listAll, type Cluster } from '#cluster';
import { ToolError } from '#tools';

/** An object without its spec, where the API server can. */
export const METADATA_ONLY =
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';

/** What is read of the metadata of any object. */
export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface ListOptions {
  /** Left out for kinds outside namespaces. */
  namespace?: string;
  labelSelector?: string;
}

/**
 * Looks at the objects around another one. What the caller may not see, or the cluster does not
 * have, is undefined: nothing is said about it.
 */
export class Look {
  constructor(
    private readonly cluster: Cluster,
    private readonly signal: AbortSignal,
  ) {}

  list<T>(kind: string, { namespace, labelSelector }: ListOptions = {}): Promise<T[] | undefined> {
    return this.seen(async () => {
      const resource = await this.cluster.discovery.resolve(kind, this.signal);
      return listAll<T>(this.cluster, { resource, namespace, labelSelector }, this.signal);
    });
  }

  /** An object; `missing` if there is none of its name. */
  get<T>(kind: string, namespace: string, name: string): Promise<T | 'missing' | undefined> {
    return this.read(kind, namespace, name, undefined);
  }

  async isMissing(kind: string, namespace: string, name: string): Promise<boolean> {
    return (await this.read(kind, namespace, name, METADATA_ONLY)) === 'missing';
  }

  private read<T>(
    kind: string,
    namespace: string,
    name: string,
    accept: string | undefined,
  ): Promise<T | 'missing' | undefined> {
    return this.seen(async () => {
      const resource = await this.cluster.discovery.resolve(kind, this.signal);
      const path = resource.path(resource.namespaced ? namespace : undefined, name);
      const reading = this.cluster.request<T>(path, { signal: this.signal, accept });
      return (await ifFound(reading)) ?? 'missing';
    });
  }

  private async seen<T>(reading: () => Promise<T>): Promise<T | undefined> {
    try {
      return await reading();
    } catch (error) {
      if (!(error instanceof ToolError) || this.signal.aborted) throw error;
      return undefined;
    }
  }
}

/** Which names a kind has. */
export function namesThere(names: readonly string[]): string {
  return names.length > 0 ? `there are ${firstOf(names)}` : 'the cluster has none';
}

/** The first of some texts, and how many more there are. */
export function firstOf(texts: readonly string[], most = 5): string {
  const more = texts.length - most;
  return texts.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
