import { ChoiceField, IntField, TextField } from '#tools';

/** What happens to the objects that the deleted one owns. */
const PROPAGATIONS = ['background', 'foreground', 'orphan'] as const;

export class DeleteDto {
  @TextField({ description: 'Name of the object.', format: 'name' })
  name!: string;

  @TextField({
    description: 'Its kind, such as "pod", "deploy" or "rollouts.argoproj.io".',
    format: 'kind',
  })
  resource_type!: string;

  @TextField({
    description: 'Its namespace; of no effect for kinds outside namespaces, such as nodes.',
    format: 'namespace',
    default: 'default',
  })
  namespace!: string;

  @ChoiceField({
    description:
      'What becomes of the objects that it owns, such as the pods of a deployment: "background" deletes them after it, "foreground" before it, "orphan" leaves them.',
    choices: PROPAGATIONS,
    default: 'background',
  })
  propagation!: (typeof PROPAGATIONS)[number];

  @IntField({
    description:
      'For pods: seconds that they get to stop by themselves; 0 kills at once. Left out: what the pod itself says.',
    min: 0,
    max: 3_600,
    optional: true,
  })
  grace_period_seconds?: number;

  @IntField({
    description:
      'Seconds to wait until the object is really gone. 0: do not wait. Its deletion goes on after that.',
    min: 0,
    max: 3_600,
    default: 30,
  })
  timeout_seconds!: number;
}
