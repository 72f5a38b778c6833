import { Inject, Injectable } from '@nestjs/common';
import { inOrder } from '#base';
import { LRUCache } from 'lru-cache';
import { callScope, fetchPages, ifFound, nearestHint, nearestNames, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import { helmConfig, type HelmConfig } from '../helm.config.js';
import { decodeRelease, decodeSummary, TooLargeRelease } from './release-decode.js';
import {
  revisionOf,
  revisionToShow,
  type Revision,
  type StoredRevision,
} from './release-revision.js';
import { summaryOfLabels, type Release, type ReleaseSummary } from './release.js';

/** Lists that hold only the metadata of objects. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const PAGE = 500;
const READ_CONCURRENCY = 16;
const SUMMARIES = 10_000;
/** Characters of decoded releases that are cached. */
const CONTENT_CHARS = 32 * 1024 * 1024;
/** Bytes that one call may unpack to summarize releases. */
const MAX_UNPACKED = 512 * 1024 * 1024;
/** Milliseconds after which a call reads no more releases, so that it can still answer. */
const MAX_READING_MS = 10_000;

/** What one call may spend on summaries. */
interface ReadingBudget {
  /** Bytes. */
  left: number;
  /** `performance.now()`. */
  until: number;
}

/**
 * Reads releases from the Secrets or ConfigMaps that helm keeps them in. What is decoded is cached
 * until it changes.
 */
@Injectable()
export class ReleaseStore {
  private readonly summaries = new LRUCache<string, ReleaseSummary>({ max: SUMMARIES });
  private readonly contents = new LRUCache<string, Release>({ maxSize: CONTENT_CHARS });
  /**
   * A number for each `Cluster`, so that what one cluster shows, or one way to reach it, stays
   * apart from the others.
   */
  private readonly ids = new WeakMap<Cluster, number>();
  private nextId = 0;

  constructor(@Inject(helmConfig.KEY) private readonly config: HelmConfig) {}

  /**
   * All revisions of all releases of a namespace, or of all namespaces, in no particular order.
   * Throws as `Cluster.request`.
   */
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
      for (const item of list.items ?? []) revisions.push(revisionOf(item));
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

  /** As `revisions`; empty for an unknown release. */
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
   * One revision of a release, the last by default.
   * @throws ToolError `not_found`; UndecodableRelease, TooLargeRelease
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

  /**
   * The summaries of some revisions, in the same order. Revisions that have gone meanwhile are left
   * out. A release that is too large is summarized from its labels. Throws UndecodableRelease.
   */
  async summarize(
    cluster: Cluster,
    revisions: readonly Revision[],
    signal: AbortSignal,
  ): Promise<ReleaseSummary[]> {
    const summaries: ReleaseSummary[] = [];
    const budget = { left: MAX_UNPACKED, until: performance.now() + MAX_READING_MS };
    const read = (revision: Revision, stop: AbortSignal) =>
      this.summary(cluster, revision, budget, stop);
    for await (const summary of inOrder(revisions, READ_CONCURRENCY, signal, read)) {
      if (summary) summaries.push(summary);
    }
    return summaries;
  }

  /** One revision in full. Throws UndecodableRelease, TooLargeRelease. */
  async content(cluster: Cluster, revision: Revision, signal: AbortSignal): Promise<Release> {
    const key = this.keyOf(cluster, revision);
    const known = this.contents.get(key);
    if (known) return known;
    const { where, text } = await this.fetch(cluster, revision, signal);
    const release = await decodeRelease(where, text, signal);
    this.contents.set(key, release, { size: sizeOf(release) });
    return release;
  }

  private async summary(
    cluster: Cluster,
    revision: Revision,
    budget: ReadingBudget,
    signal: AbortSignal,
  ): Promise<ReleaseSummary | undefined> {
    const key = this.keyOf(cluster, revision);
    const known = this.summaries.get(key);
    if (known) return known;
    if (budget.left <= 0 || performance.now() > budget.until) return summaryOfLabels(revision);
    const stored = await ifFound(this.fetch(cluster, revision, signal));
    if (!stored) return undefined;
    let summary: ReleaseSummary;
    try {
      const decoded = await decodeSummary(stored.where, stored.text, signal);
      summary = decoded.summary;
      budget.left -= decoded.unpacked;
    } catch (error) {
      if (!(error instanceof TooLargeRelease)) throw error;
      summary = summaryOfLabels(revision);
      budget.left -= error.unpacked;
      if (!error.isForGood) return summary;
    }
    this.summaries.set(key, summary);
    return summary;
  }

  /** What is stored for a revision, as helm encoded it. */
  private async fetch(
    cluster: Cluster,
    { namespace, object }: Revision,
    signal: AbortSignal,
  ): Promise<{ where: string; text: string }> {
    const { storage } = this.config;
    const resource = await cluster.discovery.resolve(storage, signal);
    const stored = await cluster.request<{ data?: { release?: string } }>(
      resource.path(namespace, object),
      { signal },
    );
    const text = stored.data?.release ?? '';
    const where = `${resource.kind} ${namespace}/${object}`;
    const isSecret = storage === 'secrets';
    return { where, text: isSecret ? Buffer.from(text, 'base64').toString() : text };
  }

  private keyOf(cluster: Cluster, { uid, resourceVersion }: Revision): string {
    let id = this.ids.get(cluster);
    if (id === undefined) this.ids.set(cluster, (id = this.nextId++));
    // What one principal may read says nothing of what another one may.
    const who = callScope.getStore()?.principal?.id ?? '';
    return `${id}/${who}/${uid}/${resourceVersion}`;
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
