import { NAMESPACE } from '#cluster';
import { BooleanField, ChoiceField, IntField, NAME, TextField } from '#tools';
import { IMAGE } from '../k8s.formats.js';

/** The restart policies of the Kubernetes API, by their names in this tool. */
export const RESTART_POLICIES = { always: 'Always', onfailure: 'OnFailure', never: 'Never' };

export class RunPodDto {
  @TextField({ description: 'Name of the new pod.', obvious: true, format: NAME })
  name!: string;

  @TextField({ description: 'Image to run, such as "busybox:1.37".', obvious: true, format: IMAGE })
  image!: string;

  @TextField({
    description: 'Namespace of the pod.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @TextField({
    description:
      "What to run instead of the image's own program: the program and its arguments, quoted as for a shell, but no shell runs it. Example: sh -c 'nslookup web.shop | head'.",
    obvious: true,
    format: 'free',
    maxLength: 100_000,
    optional: true,
  })
  command?: string;

  @ChoiceField({
    description:
      'What happens when the program ends: always starts it again; use never for something that runs once.',
    obvious: true,
    choices: Object.keys(RESTART_POLICIES),
    default: 'always',
  })
  restart_policy!: keyof typeof RESTART_POLICIES;

  @BooleanField({
    description:
      'Wait until the pod has ended, or with restart_policy always until it is ready, and give its logs.',
    obvious: true,
    default: false,
  })
  wait!: boolean;

  @BooleanField({
    description:
      'Delete the pod in the end, whether it succeeded or not, and also when the call is cancelled or reaches its time limit. Implies wait.',
    obvious: true,
    default: false,
  })
  remove!: boolean;

  @IntField({
    description: 'With wait: seconds to wait.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: 60,
  })
  timeout_seconds!: number;
}
