import { KIND, NAMESPACE } from '#cluster';
import { NAME, TextField } from '#tools';
import { CONTAINER_IMAGES } from '../k8s.formats.js';

export class SetImageDto {
  @TextField({ description: 'Name of the workload.', obvious: true, format: NAME })
  resource_name!: string;

  @TextField({
    description:
      'Its kind: any that has a pod template ("deployment", "daemonset", "statefulset", "cronjob", "rollouts.argoproj.io"), or "pod".',
    obvious: true,
    format: KIND,
  })
  resource_type!: string;

  @TextField({
    description:
      'One or more container=image pairs joined by commas, such as "web=nginx:1.28,proxy=envoy:v1.36". Init containers count too; "*=image" means every container that is not named.',
    obvious: true,
    format: CONTAINER_IMAGES,
  })
  container_images!: string;

  @TextField({
    description: "Namespace of the workload. Left out: the context's own namespace.",
    obvious: true,
    format: NAMESPACE,
    optional: true,
  })
  namespace?: string;
}
