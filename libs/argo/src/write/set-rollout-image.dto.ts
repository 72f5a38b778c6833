import { NAMESPACE } from '#cluster';
import { NAME, TextField } from '#tools';
import { CONTAINER_IMAGE, CONTAINER_NAME } from '../argo.formats.js';

export class SetRolloutImageDto {
  @TextField({ description: 'Name of the rollout.', obvious: true, format: NAME })
  name!: string;

  @TextField({
    description:
      'The image, such as "nginx:1.28", or container=image. A rollout with several containers needs the container here or in container_name; "*" means every container.',
    obvious: true,
    format: CONTAINER_IMAGE,
  })
  image!: string;

  @TextField({
    description: 'Namespace of the rollout.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @TextField({
    description: 'The container that gets the image; init containers are included.',
    obvious: true,
    format: CONTAINER_NAME,
    optional: true,
  })
  container_name?: string;
}
