import { NAMESPACE } from '#cluster';
import { DNS_LABEL, IntField, NAME, TextField } from '#tools';

export class ExecDto {
  @TextField({ description: 'Name of the pod. Find it with k8s_get.', obvious: true, format: NAME })
  pod_name!: string;

  @TextField({
    description:
      'The program and its arguments, quoted as for a shell, but no shell runs it: for pipes, variables or redirections write sh -c \'...\'. Example: ls -l "/var/my data".',
    obvious: true,
    format: 'free',
    maxLength: 100_000,
  })
  command!: string;

  @TextField({
    description: 'Namespace of the pod.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @TextField({
    description:
      "Container to run it in. Left out: the pod's only one, or the one that its default-container annotation names.",
    obvious: true,
    format: DNS_LABEL,
    optional: true,
  })
  container_name?: string;

  @TextField({
    description: 'What the program reads from its standard input. Left out: it has none.',
    obvious: true,
    format: 'free',
    optional: true,
  })
  stdin?: string;

  @IntField({
    description: 'Seconds that the command may take.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: 60,
  })
  timeout_seconds!: number;
}
