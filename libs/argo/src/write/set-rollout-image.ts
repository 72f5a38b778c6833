import {
  changeText,
  containersOf,
  EVERY_CONTAINER,
  imageChanges,
  imageChangesText,
  isDryRun,
  patchImages,
  type Cluster,
} from '#cluster';
import { invalidField, type ToolCall } from '#tools';
import type { SetRolloutImageDto } from './set-rollout-image.dto.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';
import { pauseNote, templateOwner, throughText } from '../model/template-owner.js';
import { changeOutcome } from './verb-outcome.js';

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
): Promise<string> {
  const { signal } = call;
  const dryRun = isDryRun(call);
  const given = containerAndImage(query);
  const rollout = await rolloutRef(cluster, query, signal);
  const target = rollout.resource.label(rollout.name);
  const live = await readRollout(cluster, rollout, signal);
  const { ref, object: before } = await templateOwner(cluster, rollout, live, signal);
  const containers = containersOf(ref.resource, before);
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
  const after = await patchImages(cluster, ref, changes, { dryRun, signal });
  const summary = `image updated${throughText(live, ref)} (${imageChangesText(changes)})${pauseNote(live)}`;
  const said = dryRun ? summary : await changeOutcome(cluster, rollout, live, summary, signal);
  return changeText(`${target} ${said}`, { before, after }, dryRun);
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
