import { inTurns, nearestBySpelling, nearestHint } from '#base';
import { Logger } from '@nestjs/common';
import { ToolError } from '#tools';
import { groupVersionOf, type ApiResource } from './api-resource.js';
import { indexOf, type CatalogueIndex } from './catalogue-index.js';
import type { Catalogue } from './discovery-documents.js';
import { findResource, spellingsOf } from './resource-names.js';
import { Deadline } from '../http/deadline.js';

const OUTDATED_MS = 10 * 60_000;
/**
 * Milliseconds between two readings. Many unknown names must not cause as many discovery requests.
 */
const LEAST_AGE_MS = 2_000;

/**
 * Maps resource names to API paths of one API server. The result is cached. It is read again for an
 * unknown name and, in the background, when it is old.
 */
export class Discovery {
  private readonly logger = new Logger(Discovery.name);
  private catalogue: CatalogueIndex | undefined;
  private readAt = -Infinity;
  private reading: Promise<CatalogueIndex> | undefined;
  private readonly found = new Map<string, ApiResource>();

  /** @param fetch reads the API server's catalogue, within a time limit of its own */
  constructor(private readonly fetch: () => Promise<Catalogue>) {}

  /**
   * The resource type that a name means, as kubectl takes it: plural, singular, kind, short name,
   * `plural.group`, `plural.version.group`.
   * @throws ToolError `not_found` with the nearest names; `cancelled`; what reading discovery
   * throws
   */
  async resolve(resourceType: string, signal?: AbortSignal): Promise<ApiResource> {
    const known = this.found.get(resourceType);
    if (known && !this.isOlderThan(OUTDATED_MS)) return known;
    let { resources } = await this.current(signal);
    let resource = findResource(resources, resourceType);
    if (!resource && this.isOlderThan(LEAST_AGE_MS)) {
      ({ resources } = await this.refresh(signal));
      resource = findResource(resources, resourceType);
    }
    if (!resource) throw await this.unknown(resourceType);
    this.found.set(resourceType, resource);
    return resource;
  }

  /** The resource type of the objects that have this `apiVersion` and kind. Throws as `resolve`. */
  async resolveKind(apiVersion: string, kind: string, signal?: AbortSignal): Promise<ApiResource> {
    const { group, version } = groupVersionOf(apiVersion);
    return this.resolve(`${kind}.${version}.${group}`, signal);
  }

  /**
   * Whether the API server serves a resource type. A positive answer is cached for `maxAgeMs`
   * milliseconds, a negative one for two seconds.
   * @throws what reading discovery throws
   */
  async serves(resourceType: string, maxAgeMs: number, signal?: AbortSignal): Promise<boolean> {
    const { resources } = this.isOlderThan(maxAgeMs)
      ? await this.refresh(signal)
      : await this.current(signal);
    if (findResource(resources, resourceType)) return true;
    if (!this.isOlderThan(LEAST_AGE_MS)) return false;
    return findResource((await this.refresh(signal)).resources, resourceType) !== undefined;
  }

  /**
   * The listable resource types of a category such as `all`, in kubectl's order; none if there is
   * no such category.
   */
  async category(name: string, signal?: AbortSignal): Promise<readonly ApiResource[]> {
    const { byCategory } = await this.current(signal);
    return byCategory.get(name.toLowerCase()) ?? [];
  }

  /** Every resource type once, in its preferred version, in the API server's order. */
  async all(signal?: AbortSignal): Promise<readonly ApiResource[]> {
    return (await this.current(signal)).preferred;
  }

  /**
   * Every resource type in every version that is served. The answer is at most `maxAgeMs`
   * milliseconds old.
   */
  async served(maxAgeMs: number, signal?: AbortSignal): Promise<readonly ApiResource[]> {
    const index = this.isOlderThan(maxAgeMs) ? this.refresh(signal) : this.current(signal);
    return (await index).resources;
  }

  /**
   * Makes the next use read discovery again, e.g. after a custom resource definition has changed.
   */
  invalidate(): void {
    this.catalogue = undefined;
    // A reading that has already begun may miss the change.
    this.reading = undefined;
    this.found.clear();
  }

  private async current(signal: AbortSignal | undefined): Promise<CatalogueIndex> {
    if (!this.catalogue) return this.refresh(signal);
    if (this.isOlderThan(OUTDATED_MS)) {
      this.read().catch((error: Error) => this.logger.warn(`Discovery: ${error.message}`));
    }
    return this.catalogue;
  }

  private async refresh(signal: AbortSignal | undefined): Promise<CatalogueIndex> {
    const reading = this.read();
    if (!signal) return reading;
    const deadline = new Deadline(signal);
    try {
      return await deadline.race(reading);
    } finally {
      deadline.dispose();
    }
  }

  /**
   * One reading serves everybody who waits for it. A caller who gives up does not end it for the
   * others.
   */
  private read(): Promise<CatalogueIndex> {
    if (this.reading) return this.reading;
    const reading = this.fetch().then(
      (fetched) => {
        const catalogue = indexOf(fetched);
        if (this.reading !== reading) return catalogue;
        this.reading = undefined;
        this.catalogue = catalogue;
        this.readAt = performance.now();
        this.found.clear();
        return catalogue;
      },
      (error: unknown) => {
        if (this.reading === reading) this.reading = undefined;
        throw error;
      },
    );
    this.reading = reading;
    return reading;
  }

  private isOlderThan(ms: number): boolean {
    return performance.now() - this.readAt > ms;
  }

  private async unknown(resourceType: string): Promise<ToolError> {
    const { resources = [], stale = [] } = this.catalogue ?? {};
    const byPlural = new Map(resources.toReversed().map((resource) => [resource.plural, resource]));
    const candidates = [...byPlural.values()].map((resource) => ({
      label: labelOf(resource),
      spellings: spellingsOf(resource),
    }));
    const name = resourceType.split('.', 1)[0] ?? '';
    const nearest = await inTurns(nearestBySpelling(name, candidates));
    const hint =
      nearestHint(nearest.map(({ label }) => label)) ||
      ' Use a kind that this cluster serves, e.g. pods.';
    const broken = stale.length > 0 ? ` These APIs do not answer now: ${stale.join(', ')}.` : '';
    return new ToolError('not_found', `Unknown resource type "${resourceType}".${hint}${broken}`);
  }
}

function labelOf({ plural, shortNames }: ApiResource): string {
  return shortNames.length > 0 ? `${plural} (${shortNames.join(', ')})` : plural;
}
