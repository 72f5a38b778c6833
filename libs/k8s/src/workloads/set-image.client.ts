import { Injectable } from '@nestjs/common';
import {
  changeText,
  containersOf,
  EVERY_CONTAINER,
  imageChanges,
  imageChangesText,
  isDryRun,
  patchImages,
  readObject,
  type ApiResource,
  type Cluster,
} from '#cluster';
import { invalidField, ToolError, type ToolCall } from '#tools';
import type { SetImageDto } from './set-image.dto.js';
import { rolloutNote } from './rollout-pause.js';

/** Changes the images of containers. */
@Injectable()
export class SetImageClient {
  /**
   * Sets one or more images in one patch.
   * @throws ToolError `invalid_input` for a container that is not there, with those that are, and
   * as `patchImages`
   */
  async set(cluster: Cluster, query: SetImageDto, call: ToolCall): Promise<string> {
    const { resource_type, resource_name: name, namespace = cluster.namespace } = query;
    const { signal } = call;
    const dryRun = isDryRun(call);
    const resource = await cluster.discovery.resolve(resource_type, signal);
    const ref = { resource, namespace, name };
    const target = resource.label(name);
    const images = imagesOf(query.container_images);
    refuseJob(resource, target);
    const before = await readObject(cluster, ref, signal);
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
    const after = await patchImages(cluster, ref, changes, { dryRun, signal });
    const summary = `${target} image updated (${imageChangesText(changes)})${rolloutNote(after)}`;
    return changeText(summary, { before, after }, dryRun);
  }
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

/** Refused by us, as the API server answers with the whole pod template in Go. */
function refuseJob({ groupResource }: ApiResource, target: string): void {
  if (groupResource !== 'jobs.batch') return;
  const message = `${target} is a job, whose containers cannot change. Delete it and create it anew`;
  throw new ToolError('invalid_input', `${message}.`, {
    errors: [{ field: 'resource_type', message }],
  });
}
