import { ToolError } from '#tools';
import type { ApiResource } from '../discovery/api-resource.js';
import type { KubernetesObject } from '../secrets/redact.js';

export interface Container {
  name: string;
  image?: string;
}

/** A container and where it is in its object, as a JSON pointer (RFC 6901). */
export interface PlacedContainer extends Container {
  path: string;
}

/**
 * Where kinds keep a pod's spec: workloads in a template, a CronJob in that of its jobs, a
 * PodTemplate on top, a pod as its own.
 */
const POD_SPECS = [
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['template', 'spec'],
  ['spec'],
];

/**
 * The containers of the pods that an object makes, or of the pod that it is; init containers first.
 * @throws ToolError `invalid_input` for an object without any
 */
export function containersOf(
  { groupResource, kind }: ApiResource,
  object: KubernetesObject,
): PlacedContainer[] {
  for (const fields of POD_SPECS) {
    const spec = fields.reduce<unknown>(
      (value, field) => (value as Record<string, unknown> | undefined)?.[field],
      object,
    ) as Record<string, unknown> | undefined;
    if (!Array.isArray(spec?.containers)) continue;
    return ['initContainers', 'containers'].flatMap((list) =>
      // A custom resource may have anything there.
      (Array.isArray(spec[list]) ? (spec[list] as Container[]) : []).map((container, index) => ({
        ...container,
        path: `/${fields.join('/')}/${list}/${index}`,
      })),
    );
  }
  const message = `${groupResource} "${object.metadata?.name}" has no pod template`;
  throw new ToolError(
    'invalid_input',
    `${message}, so no containers. Name a ${kind} that has one, or a kind that always has, such as deployment, statefulset, daemonset, cronjob or pod.`,
    { errors: [{ field: 'resource_type', message }] },
  );
}
