import { isRecord } from '#base';
import type { Cluster } from '../cluster.js';
import type { ApiResource } from '../discovery/api-resource.js';
import { objectSchema } from '../objects/object-schema.js';
import { LAST_APPLIED, type KubernetesObject } from '../secrets/redact.js';
import { dropDefaults } from './defaults.js';
import { dropEmpty } from './empty-maps.js';
import { KIND_DEFAULTS } from './kind-defaults.js';
import { dropDerived, dropInjected } from './pod-defaults.js';
import { PublishedDefaults } from './published-defaults.js';

/** What stands at the end of objects in their reading form. */
export const READING_COMMENT =
  '# Left out: uid, resourceVersion, generation, last-applied, empty maps, defaults, what is injected. json is whole.';

/** Metadata that the API server keeps for itself. */
const OWN_METADATA = ['managedFields', 'uid', 'resourceVersion', 'generation', 'selfLink'];

/** Changes an object, which must be the caller's own, into its reading form, and returns it. */
export type ToReadingForm = (object: KubernetesObject) => KubernetesObject;

/** How objects of a resource type are printed: as YAML in their reading form, else whole. */
export async function shapeOf(
  format: string,
  cluster: Cluster,
  resource: ApiResource,
  signal: AbortSignal | undefined,
): Promise<ToReadingForm> {
  return format === 'yaml' ? readingForm(cluster, resource, signal) : (object) => object;
}

/**
 * Objects of a resource type without what says nothing: what the API server keeps for itself, and
 * what it would fill in again. Applied again, without its status, an object stays as it is.
 */
async function readingForm(
  cluster: Cluster,
  resource: ApiResource,
  signal: AbortSignal | undefined,
): Promise<ToReadingForm> {
  const { groupResource } = resource;
  const defaults = KIND_DEFAULTS[groupResource];
  // Without its schema an object keeps what it has.
  const schema = defaults
    ? undefined
    : await objectSchema(cluster, resource, signal).catch(() => undefined);
  signal?.throwIfAborted();
  const published = schema && new PublishedDefaults(schema);
  return (object) => {
    dropMetadata(object);
    dropEmpty(object, 'status');
    published?.dropFrom(object);
    if (!defaults) return object;
    dropDefaults(object, defaults);
    for (const spec of podSpecsOf(groupResource, object)) dropDerived(spec);
    const spec = isRecord(object['spec']) ? object['spec'] : {};
    if (groupResource === 'pods') dropInjected(spec);
    if (groupResource === 'services') dropServiceDerived(spec);
    if (groupResource === 'jobs.batch') dropJobDerived(spec);
    return object;
  };
}

function dropMetadata({ metadata }: KubernetesObject): void {
  if (!metadata) return;
  for (const field of OWN_METADATA) delete metadata[field];
  if (metadata.annotations) delete metadata.annotations[LAST_APPLIED];
  for (const field of ['annotations', 'labels']) {
    const held = metadata[field];
    if (isRecord(held) && Object.keys(held).length === 0) delete metadata[field];
  }
}

/** The specs of pods in an object; the templates of volume claims have none. */
function podSpecsOf(groupResource: string, object: KubernetesObject): Record<string, unknown>[] {
  const at = (value: unknown, ...path: string[]): unknown =>
    path.reduce((held, field) => (isRecord(held) ? held[field] : undefined), value);
  if (groupResource === 'pods') return [at(object, 'spec')].filter(isRecord);
  const template = at(object, 'spec', 'jobTemplate', 'spec', 'template');
  return [template, at(object, 'spec', 'template'), at(object, 'template')].flatMap((one) => {
    // The API server writes it as null.
    const metadata = at(one, 'metadata');
    if (isRecord(metadata) && metadata['creationTimestamp'] === null) {
      delete metadata['creationTimestamp'];
    }
    return [at(one, 'spec')].filter(isRecord);
  });
}

function dropServiceDerived(spec: Record<string, unknown>): void {
  const { clusterIP, clusterIPs, ipFamilies, ports } = spec;
  if (Array.isArray(clusterIPs) && clusterIPs.length === 1 && clusterIPs[0] === clusterIP) {
    delete spec['clusterIPs'];
  }
  const family = String(clusterIP).includes(':') ? 'IPv6' : 'IPv4';
  const isKnown = typeof clusterIP === 'string' && clusterIP !== '' && clusterIP !== 'None';
  if (isKnown && Array.isArray(ipFamilies) && ipFamilies.length === 1 && ipFamilies[0] === family) {
    delete spec['ipFamilies'];
  }
  for (const port of Array.isArray(ports) ? ports.filter(isRecord) : []) {
    if (port['targetPort'] === port['port']) delete port['targetPort'];
  }
}

/** Some defaults of a Job hold only beside others. */
function dropJobDerived(spec: Record<string, unknown>): void {
  if (spec['backoffLimit'] === 6 && spec['backoffLimitPerIndex'] === undefined) {
    delete spec['backoffLimit'];
  }
  const isByDefault = spec['podFailurePolicy'] === undefined;
  if (isByDefault && spec['podReplacementPolicy'] === 'TerminatingOrFailed') {
    delete spec['podReplacementPolicy'];
  }
}
