import { NAMESPACE } from '#cluster';
import { BooleanField, DNS_LABEL, IntField, TextField } from '#tools';
import { DURATION, LOG_TARGET } from '../k8s.formats.js';

export class LogsDto {
  @TextField({
    description:
      'What to read: a pod ("web-7d4b9"), a workload as kind/name ("deployment/web") for all of its pods, or a label selector ("app=web").',
    obvious: true,
    format: LOG_TARGET,
  })
  pod_name!: string;

  @TextField({
    description: 'Namespace of the pods.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @IntField({
    description:
      'Most lines of each container, counted from the end; with grep or exclude, only lines that pass are counted. -1 for all.',
    obvious: true,
    min: -1,
    max: 1_000_000,
    default: 50,
  })
  num_lines!: number;

  @TextField({
    description:
      "Container to read. Left out: the pod's only one, or the one that its default-container annotation names.",
    obvious: true,
    format: DNS_LABEL,
    optional: true,
  })
  container_name?: string;

  @TextField({
    description:
      'Only lines younger than this, such as "5s", "2m" or "3h"; from 1s to 87600h (ten years).',
    obvious: true,
    format: DURATION,
    optional: true,
  })
  since?: string;

  @BooleanField({
    description: 'Read the instance that ran before the last restart.',
    obvious: true,
    default: false,
  })
  previous!: boolean;

  @BooleanField({
    description: 'Read every container of each pod, init containers too.',
    obvious: true,
    default: false,
  })
  all_containers!: boolean;

  @TextField({
    description: 'Only lines that match this regular expression (RE2 syntax; "(?i)" ignores case).',
    obvious: true,
    format: 'free',
    maxLength: 1_000,
    optional: true,
  })
  grep?: string;

  @TextField({
    description: 'Leave out lines that match this regular expression (RE2 syntax).',
    obvious: true,
    format: 'free',
    maxLength: 1_000,
    optional: true,
  })
  exclude?: string;

  @BooleanField({
    description:
      'Show more than three equal lines in a row as one line and a count, whatever the times before them.',
    obvious: true,
    default: true,
  })
  fold!: boolean;

  @BooleanField({
    description: 'Continue with new lines as they come, until timeout_seconds.',
    obvious: true,
    default: false,
  })
  follow!: boolean;

  @IntField({
    description: 'With follow: seconds to follow for.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: 60,
  })
  timeout_seconds!: number;
}
