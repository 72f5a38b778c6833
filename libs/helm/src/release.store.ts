import { Inject, Injectable } from '@nestjs/common';
import { fetchPages, ifFound, inOrder, nearestHint, nearestNames, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import { helmConfig, type HelmConfig } from './helm.config.js';
import { LruCache } from './lru-cache.js';
import { decodeRelease } from './release-decode.js';
import {
  revisionOf,
  revisionToShow,
  type Revision,
  type StoredRevision,
} from './release-revision.js';
import { summaryOf, type Release, type ReleaseSummary } from './release.js';

/** Objects with their metadata alone. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const PAGE = 500;
const READS_AT_ONCE = 16;
const SUMMARIES = 10_000;
/** Characters of decoded releases. */
const CONTENT_CHARS = 32 * 1024 * 1024;

/** Reads releases from the Secrets or ConfigMaps that helm keeps them in. What is decoded once is remembered until it changes. */
@Injectable()
export class ReleaseStore {
  private readonly summaries = new LruCache<ReleaseSummary>(SUMMARIES);
  private readonly contents = new LruCache<Release>(CONTENT_CHARS);
  /** Keeps what one cluster, or one way to reach it, has shown apart from the others. */
  private readonly ids = new WeakMap<Cluster, number>();
  private nextId = 0;

  constructor(@Inject(helmConfig.KEY) private readonly config: HelmConfig) {}

  /** All revisions of all releases of a namespace, or of all namespaces, in no order. Throws as `Cluster.request`. */
  async all(
    cluster: Cluster,
    namespace: string | undefined,
    signal: AbortSignal,
    name?: string,
  ): Promise<Revision[]> {
    const resource = await cluster.discovery.resolve(this.config.storage, signal);
    const labelSelector = `owner=helm${name === undefined ? '' : `,name=${name}`}`;
    const revisions: Revision[] = [];
    const pages = fetchPages<{ items: StoredRevision[] | null }>(
      cluster,
      { resource, namespace, labelSelector },
      { accept: METADATA_ONLY, limit: PAGE, signal },
    );
    for await (const { list, replaces } of pages) {
      if (replaces > 0) revisions.splice(-replaces);
      // Null where there are none.
      revisions.push(...(list.items ?? []).map(revisionOf));
    }
    return revisions;
  }

  /**
   * The revisions of one release, the oldest first.
   * @throws ToolError `not_found` with the nearest names of that namespace
   */
  async revisions(
    cluster: Cluster,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Revision[]> {
    const found = await this.find(cluster, namespace, name, signal);
    if (found.length === 0) throw await this.unknown(cluster, namespace, name, signal);
    return found;
  }

  /** As `revisions`; empty for a release that is not there. */
  async find(
    cluster: Cluster,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Revision[]> {
    const found = await this.all(cluster, namespace, signal, name);
    return found.toSorted((a, b) => a.revision - b.revision);
  }

  /**
   * One revision of a release, by itself the last.
   * @throws ToolError `not_found`; UndecodableRelease
   */
  async read(
    cluster: Cluster,
    namespace: string,
    name: string,
    signal: AbortSignal,
    revision?: number,
  ): Promise<Release> {
    const revisions = await this.revisions(cluster, namespace, name, signal);
    return this.content(cluster, revisionToShow(revisions, revision), signal);
  }

  /** What lists tell of some revisions, in the same order; without those that have gone meanwhile. Throws UndecodableRelease. */
  async summarize(
    cluster: Cluster,
    revisions: readonly Revision[],
    signal: AbortSignal,
  ): Promise<ReleaseSummary[]> {
    const summaries: ReleaseSummary[] = [];
    const read = (revision: Revision, stop: AbortSignal) => this.summary(cluster, revision, stop);
    for await (const summary of inOrder(revisions, READS_AT_ONCE, signal, read)) {
      if (summary) summaries.push(summary);
    }
    return summaries;
  }

  /** One revision, whole. Throws UndecodableRelease. */
  async content(cluster: Cluster, revision: Revision, signal: AbortSignal): Promise<Release> {
    const key = this.keyOf(cluster, revision);
    const known = this.contents.get(key);
    if (known) return known;
    const release = await this.fetch(cluster, revision, signal);
    this.contents.set(key, release, sizeOf(release));
    return release;
  }

  private async summary(
    cluster: Cluster,
    revision: Revision,
    signal: AbortSignal,
  ): Promise<ReleaseSummary | undefined> {
    const key = this.keyOf(cluster, revision);
    const known = this.summaries.get(key);
    if (known) return known;
    const release = await ifFound(this.fetch(cluster, revision, signal));
    if (!release) return undefined;
    const summary = summaryOf(release);
    this.summaries.set(key, summary);
    return summary;
  }

  private async fetch(
    cluster: Cluster,
    { namespace, object }: Revision,
    signal: AbortSignal,
  ): Promise<Release> {
    const { storage } = this.config;
    const resource = await cluster.discovery.resolve(storage, signal);
    const stored = await cluster.request<{ data?: { release?: string } }>(
      resource.path(namespace, object),
      { signal },
    );
    const text = stored.data?.release;
    const where = `${resource.kind} ${namespace}/${object}`;
    const isSecret = storage === 'secrets';
    return decodeRelease(where, isSecret ? Buffer.from(text ?? '', 'base64').toString() : text);
  }

  private keyOf(cluster: Cluster, { uid, resourceVersion }: Revision): string {
    let id = this.ids.get(cluster);
    if (id === undefined) this.ids.set(cluster, (id = this.nextId++));
    return `${id}/${uid}/${resourceVersion}`;
  }

  private async unknown(
    cluster: Cluster,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<ToolError> {
    const others = await this.all(cluster, namespace, signal);
    const names = [...new Set(others.map((release) => release.name))];
    const hint = nearestHint(nearestNames(name, names));
    const message = `There is no release "${name}" in namespace "${namespace}".${hint} helm_list_releases lists them.`;
    return new ToolError('not_found', message);
  }
}

function sizeOf({ manifest, hooks, info, config, chart }: Release): number {
  return manifest.length + JSON.stringify([hooks, info, config, chart]).length;
}
