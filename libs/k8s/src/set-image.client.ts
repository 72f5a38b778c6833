import { Injectable } from '@nestjs/common';
import {
  apiStatusOf,
  changeText,
  isDryRun,
  patchObject,
  readObject,
  type ApiResource,
  type Cluster,
} from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import type { SetImageDto } from './dto/set-image.dto.js';
import { containersOf, type PlacedContainer } from './pod-template.js';
import { rolloutNote } from './rollout-pause.js';

/** Stands for every container. */
const EVERY = '*';

/** Changes the images of containers. */
@Injectable()
export class SetImageClient {
  /**
   * Sets one or more images in one patch: a JSON patch (RFC 6902), as custom resources take no strategic one. It tests that each container is still
   * where it was read, so that none can be added or mistaken for another.
   * @throws ToolError `invalid_input` for a container that is not there, with those that are; `conflict` when such a test fails
   */
  async set(cluster: Cluster, query: SetImageDto, call: ToolCall): Promise<string> {
    const { resource_type, resource_name: name, namespace = cluster.namespace } = query;
    const { signal } = call;
    const dryRun = isDryRun(call);
    const resource = await cluster.discovery.resolve(resource_type, signal);
    const ref = { resource, namespace, name };
    const target = `${resource.typeName}/${name}`;
    const images = imagesOf(query.container_images);
    refuseJob(resource, target);
    const before = await readObject(cluster, ref, signal);
    const containers = containersOf(resource, before);
    checkNames(target, images, containers);
    const changes = containers.flatMap((container) => {
      const image = images.get(container.name) ?? images.get(EVERY);
      return image === undefined || image === container.image ? [] : [{ ...container, to: image }];
    });
    if (changes.length === 0) return `${target} already has these images; nothing to change`;
    const patch = changes.flatMap(({ path, name: value, to }) => [
      { op: 'test', path: `${path}/name`, value },
      { op: 'add', path: `${path}/image`, value: to },
    ]);
    const after = await patchObject(cluster, ref, 'json', patch, { dryRun, signal }).catch(
      (error: unknown) => {
        throw isFailedTest(error) ? changedMeanwhile(target, error) : error;
      },
    );
    const said = changes.map((change) => `${change.name}: ${change.image} → ${change.to}`);
    const summary = `${target} image updated (${said.join('; ')})${rolloutNote(after)}`;
    return changeText(summary, { before, after }, dryRun);
  }
}

/** Image by container name. */
function imagesOf(pairs: string): Map<string, string> {
  const images = new Map<string, string>();
  for (const pair of pairs.split(/[, ]+/)) {
    const [container = '', image = ''] = pair.split('=');
    if (images.has(container)) throw wrong(`gives the container "${container}" twice`);
    images.set(container, image);
  }
  return images;
}

function checkNames(
  target: string,
  images: Map<string, string>,
  containers: readonly PlacedContainer[],
): void {
  const names = containers.map(({ name }) => name);
  const unknown = [...images.keys()].filter((name) => name !== EVERY && !names.includes(name));
  if (unknown.length === 0) return;
  const accepts = `${names.join(', ')} or ${EVERY}`;
  throw wrong(
    `names ${unknown.map((name) => `"${name}"`).join(', ')}; the containers of ${target} are ${names.join(', ')}`,
    accepts,
  );
}

/** The API server says no more of it than this; what makes an object invalid it would name. */
function isFailedTest(error: unknown): boolean {
  const { code, message = '' } = apiStatusOf(error) ?? {};
  return code === 422 && message.includes('rejected our request due to an error in our request');
}

function changedMeanwhile(target: string, cause: unknown): ToolError {
  return new ToolError(
    'conflict',
    `The containers of ${target} were changed by somebody else at the same time, so its images were left alone. Call again.`,
    { cause },
  );
}

/** Refused by us, as the API server answers with the whole pod template in Go. */
function refuseJob({ groupResource }: ApiResource, target: string): void {
  if (groupResource !== 'jobs.batch') return;
  const message = `${target} is a job, whose containers cannot change. Delete it and create it anew`;
  throw new ToolError('invalid_input', `${message}.`, {
    errors: [{ field: 'resource_type', message }],
  });
}

function wrong(message: string, accepts?: string): ToolError {
  const field = 'container_images';
  return new ToolError('invalid_input', `"${field}" ${message}.`, {
    errors: [{ field, message, accepts }],
  });
}
