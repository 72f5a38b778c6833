import { isRecord, Turns } from '#base';
import {
  ApiResource,
  groupVersionOf,
  type Cluster,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import { ToolError } from '#tools';
import { manifestError } from './manifest/manifest-error.js';
import type { ManifestObject } from './manifest/manifest-objects.js';

/** One object to apply, and where. */
export interface ApplyItem extends ObjectRef {
  /** Its name in the style of kubectl: `deployment.apps/web`. */
  label: string;
  place: string;
  object: KubernetesObject;
}

/** The objects to apply, in this order. */
export interface ApplyPlan {
  namespaces: ApplyItem[];
  definitions: ApplyItem[];
  /** The rest, in the order of the manifest. */
  others: ApplyItem[];
}

const DEFINITION = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Finds the resource and namespace of each object of a manifest.
 * @param namespace for objects that name none; left out: the namespace of the context
 * @throws ToolError `invalid_input` that says which document has a wrong kind or namespace, or
 * repeats an object
 */
export async function planApply(
  cluster: Cluster,
  objects: readonly ManifestObject[],
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<ApplyPlan> {
  const defined = objects.flatMap(({ object }) => resourcesOf(object));
  const plan: ApplyPlan = { namespaces: [], definitions: [], others: [] };
  const places = new Map<string, string>();
  const turns = new Turns();
  for (const manifest of objects) {
    await turns.pass();
    const resource =
      defined.find((it) => it.apiVersion === manifest.apiVersion && it.kind === manifest.kind) ??
      (await resolve(cluster, manifest, signal));
    const item = itemOf(manifest, resource, namespace, cluster.namespace);
    const key = `${resource.groupResource} ${item.namespace ?? ''} ${item.name}`;
    const earlier = places.get(key);
    if (earlier !== undefined) {
      throw manifestError(`In ${item.place}: ${item.label} is already in ${earlier}. Keep one.`);
    }
    places.set(key, item.place);
    listFor(plan, resource).push(item);
  }
  return plan;
}

/** Whether one of these custom resource definitions defines the kind of an item. */
export function isDefinedBy({ resource }: ApplyItem, definitions: readonly ApplyItem[]): boolean {
  return definitions.some(({ name }) => name === resource.groupResource);
}

/** For messages: `deployment.apps/web in shop`. */
export function nameOf({ label, namespace }: ApplyItem): string {
  return namespace === undefined ? label : `${label} in ${namespace}`;
}

function listFor(plan: ApplyPlan, { groupResource }: ApiResource): ApplyItem[] {
  if (groupResource === 'namespaces') return plan.namespaces;
  return groupResource === DEFINITION ? plan.definitions : plan.others;
}

async function resolve(
  { discovery }: Cluster,
  { apiVersion, kind, place }: ManifestObject,
  signal: AbortSignal,
): Promise<ApiResource> {
  try {
    const resource = await discovery.resolveKind(apiVersion, kind, signal);
    if (resource.kind === kind) return resource;
    throw manifestError(`In ${place}: write the kind "${kind}" as "${resource.kind}".`);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'not_found') throw error;
    const { group } = groupVersionOf(apiVersion);
    const other = await discovery.resolve(`${kind}.${group}`, signal).catch(() => undefined);
    const hint =
      other?.kind === kind && other.group === group
        ? ` It has it as ${other.apiVersion}.`
        : error.message.replace(/^Unknown resource type "[^"]*"\./, '');
    const message = `In ${place}: the cluster has no kind "${kind}" with apiVersion "${apiVersion}".`;
    throw manifestError(`${message}${hint}`, error);
  }
}

function itemOf(
  { place, name, namespace, object }: ManifestObject,
  resource: ApiResource,
  wanted: string | undefined,
  fallback: string,
): ApplyItem {
  const label = resource.label(name);
  if (resource.namespaced && wanted !== undefined && namespace && namespace !== wanted) {
    throw manifestError(
      `In ${place}: ${label} is in the namespace "${namespace}", but the parameter namespace is "${wanted}". Leave one of them out.`,
    );
  }
  const item = {
    resource,
    name,
    label,
    place,
    namespace: resource.namespaced ? (namespace ?? wanted ?? fallback) : undefined,
    object: applied(object, resource),
  };
  try {
    resource.path(item.namespace, name);
  } catch (error) {
    throw manifestError(`In ${place}: ${(error as Error).message}`, error);
  }
  return item;
}

/** Without a status that is a subresource: an apply of the object cannot set it. */
function applied(object: KubernetesObject, { subresources }: ApiResource): KubernetesObject {
  if (!subresources.includes('status')) return object;
  const { status: _, ...rest } = object;
  return rest;
}

/**
 * The resource types that a custom resource definition of the manifest defines. The API server
 * reports what is wrong with it.
 */
function resourcesOf({ kind, apiVersion, spec }: KubernetesObject): ApiResource[] {
  const isDefinition =
    kind === 'CustomResourceDefinition' && apiVersion?.startsWith('apiextensions.k8s.io/');
  if (!isDefinition || !isRecord(spec) || !isRecord(spec['names'])) return [];
  const { group, scope, names, versions } = spec;
  if (!Array.isArray(versions)) return [];
  return versions.filter(isRecord).map(
    (version) =>
      new ApiResource({
        group: textOf(group),
        version: textOf(version['name']),
        kind: textOf(names['kind']),
        plural: textOf(names['plural']),
        singular: textOf(names['singular']),
        namespaced: scope === 'Namespaced',
        shortNames: [],
        verbs: ['get', 'patch', 'create'],
        categories: [],
        subresources: isRecord(version['subresources']) ? Object.keys(version['subresources']) : [],
      }),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
