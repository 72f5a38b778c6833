import {
  containersOf,
  EVERY_CONTAINER,
  imageChanges,
  imageChangesText,
  patchImages,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import { invalidField, type ToolCall, type ToolResult } from '#tools';
import type { SetRolloutImageDto } from './set-rollout-image.dto.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';
import { templateOwner } from '../model/template-owner.js';
import { changeTemplate, type TemplateChange } from './template-change.js';
import { changeAndWait } from './wait-for-rollout.js';

/**
 * Sets the image of a container of a rollout or of the workload that it refers to, like the Argo
 * Rollouts plugin (cmd/set).
 * @throws ToolError `invalid_input` for an unknown container, with the known ones, and as
 * `patchImages`
 */
export async function setRolloutImage(
  cluster: Cluster,
  query: SetRolloutImageDto,
  call: ToolCall,
): Promise<ToolResult> {
  const { signal } = call;
  const given = containerAndImage(query);
  const rollout = await rolloutRef(cluster, query, signal);
  const target = rollout.resource.label(rollout.name);
  const live = await readRollout(cluster, rollout, signal);
  const owner = await templateOwner(cluster, rollout, live, signal);
  const change = (before: KubernetesObject): TemplateChange | string => {
    const containers = containersOf(owner.ref.resource, before);
    const names = containers.map(({ name }) => name);
    const container = given.container ?? (names.length === 1 ? names[0] : undefined);
    if (container === undefined) {
      const message = `is for which of the containers of ${target}: ${names.join(', ')}? Give container_name, or the image as container=image`;
      throw invalidField('image', message, { accepts: acceptedNames(names) });
    }
    const { changes, unknown } = imageChanges(containers, new Map([[container, given.image]]));
    if (unknown.length > 0) {
      const field = query.container_name === undefined ? 'image' : 'container_name';
      const message = `names "${container}"; the containers of ${target} are ${names.join(', ')}`;
      throw invalidField(field, message, { accepts: acceptedNames(names) });
    }
    if (changes.length === 0) return `${target} already has this image; nothing to change`;
    return {
      write: (options) => patchImages(cluster, owner.ref, changes, options),
      done: 'image updated',
      details: imageChangesText(changes),
    };
  };
  return changeAndWait(cluster, call, rollout, () =>
    changeTemplate(cluster, { rollout, live, owner }, call, change),
  );
}

/** @throws ToolError `invalid_input` when the two parameters name different containers */
function containerAndImage({ image: text, container_name: name }: SetRolloutImageDto): {
  container: string | undefined;
  image: string;
} {
  const [image = '', container] = text.split('=').toReversed();
  if (name !== undefined && container !== undefined && name !== container) {
    throw invalidField('image', `is for the container "${container}", container_name is "${name}"`);
  }
  return { container: name ?? container, image };
}

function acceptedNames(names: readonly string[]): string {
  return `${names.join(', ')} or ${EVERY_CONTAINER}`;
}
