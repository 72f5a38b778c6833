import {
  changeObject,
  containersOf,
  EVERY_CONTAINER,
  imageChanges,
  imageChangesText,
  patchImages,
  type ApiResource,
  type Cluster,
} from '#cluster';
import { invalidField, ToolError, type ToolCall, type ToolResult } from '#tools';
import { rolloutNote } from './rollout-pause.js';
import type { SetImageDto } from './set-image.dto.js';
import type { RolloutWaits } from './rollout-waits.js';

/**
 * Sets one or more images of a workload in one patch.
 * @throws ToolError `invalid_input` for an unknown container, with the names of the containers, and
 * as `patchImages`
 */
export async function setImages(
  cluster: Cluster,
  query: SetImageDto,
  call: ToolCall,
  waits: RolloutWaits,
): Promise<ToolResult> {
  const { resource_type, resource_name: name, namespace = cluster.namespace } = query;
  const resource = await cluster.discovery.resolve(resource_type, call.signal);
  const ref = { resource, namespace, name };
  const target = resource.label(name);
  const images = imagesOf(query.container_images);
  refuseJob(resource, target);
  return waits.changeAndWait(cluster, call, [ref], () =>
    changeObject(cluster, ref, call, (before) => {
      const containers = containersOf(resource, before);
      const { changes, unknown } = imageChanges(containers, images);
      if (unknown.length > 0) {
        const names = containers.map((container) => container.name).join(', ');
        const message = `names ${unknown.map((one) => `"${one}"`).join(', ')}; the containers of ${target} are ${names}`;
        throw invalidField('container_images', message, {
          accepts: `${names} or ${EVERY_CONTAINER}`,
        });
      }
      if (changes.length === 0) return `${target} already has these images; nothing to change`;
      return {
        write: (options) => patchImages(cluster, ref, changes, options),
        summary: (after) =>
          `${target} image updated (${imageChangesText(changes)})${rolloutNote(after)}`,
      };
    }),
  );
}

/** Image by container name. */
function imagesOf(pairs: string): Map<string, string> {
  const images = new Map<string, string>();
  for (const pair of pairs.split(/[, ]+/)) {
    const [container = '', image = ''] = pair.split('=');
    if (images.has(container)) {
      throw invalidField('container_images', `gives the container "${container}" twice`);
    }
    images.set(container, image);
  }
  return images;
}

/** Refused here because the API server would answer with the whole pod template in Go notation. */
function refuseJob({ groupResource }: ApiResource, target: string): void {
  if (groupResource !== 'jobs.batch') return;
  const message = `${target} is a job, whose containers cannot change. Delete it and create it again`;
  throw new ToolError('invalid_input', `${message}.`, {
    errors: [{ field: 'resource_type', message }],
  });
}
