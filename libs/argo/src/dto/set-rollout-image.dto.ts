import { TextField } from '#tools';

export class SetRolloutImageDto {
  @TextField({ description: 'Name of the rollout.', format: 'name' })
  name!: string;

  @TextField({
    description:
      'The image, such as "nginx:1.28", or container=image. A rollout with several containers needs the container here or in container_name; "*" means every container.',
    format: 'containerImage',
  })
  image!: string;

  @TextField({ description: 'Namespace of the rollout.', format: 'namespace', default: 'default' })
  namespace!: string;

  @TextField({
    description: 'The container that gets the image; init containers count too.',
    format: 'containerName',
    optional: true,
  })
  container_name?: string;
}
