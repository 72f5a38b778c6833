import type { ToolError } from '#tools';
import { apiStatusOf } from '../http/api-error.js';
import type { Cluster } from '../cluster.js';
import type { PlacedContainer } from './pod-template.js';
import type { KubernetesObject } from '../secrets/redact.js';
import type { ObjectRef } from '../objects/object-ref.js';
import { patchObject, type WriteOptions } from '../objects/write.js';

/** Means every container that is not named. */
export const EVERY_CONTAINER = '*';

/** A container whose image is to become another one. */
export interface ImageChange extends PlacedContainer {
  to: string;
}

/**
 * Which containers change by some images.
 * @param images by container name or `EVERY_CONTAINER`
 * @returns the changes, none where the images are the same already, and the names that no container
 * has
 */
export function imageChanges(
  containers: readonly PlacedContainer[],
  images: ReadonlyMap<string, string>,
): { changes: ImageChange[]; unknown: string[] } {
  const names = containers.map(({ name }) => name);
  const unknown = [...images.keys()].filter(
    (name) => name !== EVERY_CONTAINER && !names.includes(name),
  );
  const changes = containers.flatMap((container) => {
    const to = images.get(container.name) ?? images.get(EVERY_CONTAINER);
    return to === undefined || to === container.image ? [] : [{ ...container, to }];
  });
  return { changes, unknown };
}

/** `web: nginx:1.28 → nginx:1.29; proxy: ...` */
export function imageChangesText(changes: readonly ImageChange[]): string {
  return changes.map(({ name, image, to }) => `${name}: ${image} → ${to}`).join('; ');
}

/**
 * Sets images in one patch: a JSON patch (RFC 6902), as custom resources take no strategic one. It
 * tests that each container is still where it was read, so that none can be added or mistaken for
 * another.
 * @throws ToolError `conflict` when such a test fails, and as `patchObject`
 */
export async function patchImages(
  cluster: Cluster,
  ref: ObjectRef,
  changes: readonly ImageChange[],
  options: WriteOptions,
): Promise<KubernetesObject> {
  const patch = changes.flatMap(({ path, name: value, to }) => [
    { op: 'test', path: `${path}/name`, value },
    { op: 'add', path: `${path}/image`, value: to },
  ]);
  try {
    return await patchObject(cluster, ref, 'json', patch, options);
  } catch (error) {
    if (!isFailedTest(error)) throw error;
    throw error.with({
      code: 'conflict',
      message: `The containers of ${ref.resource.label(ref.name)} were changed by somebody else at the same time, so its images were not changed. Call again.`,
      cause: error,
    });
  }
}

/** The API server gives no more detail. If the object were invalid, it would name the field. */
function isFailedTest(error: unknown): error is ToolError {
  const { code, message = '' } = apiStatusOf(error) ?? {};
  return code === 422 && message.includes('rejected our request due to an error in our request');
}
