import type { ApiResource } from './api-resource.js';
import type { Catalogue } from './discovery-documents.js';

/** A catalogue with indexes for what every call looks up. */
export interface CatalogueIndex extends Catalogue {
  /** Every resource type once, in its preferred version. */
  preferred: readonly ApiResource[];
  /** Of those, the listable ones of each category such as `all`. */
  byCategory: ReadonlyMap<string, readonly ApiResource[]>;
}

/** Builds the indexes of a catalogue. */
export function indexOf({ resources, stale }: Catalogue): CatalogueIndex {
  const preferred = new Map<string, ApiResource>();
  for (const resource of resources) {
    if (!preferred.has(resource.groupResource)) preferred.set(resource.groupResource, resource);
  }
  const byCategory = new Map<string, ApiResource[]>();
  for (const resource of preferred.values()) {
    if (!resource.verbs.includes('list')) continue;
    for (const category of resource.categories) {
      const others = byCategory.get(category);
      if (others) others.push(resource);
      else byCategory.set(category, [resource]);
    }
  }
  return { resources, stale, preferred: [...preferred.values()], byCategory };
}
