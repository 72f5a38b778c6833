import { ChoiceField, IntField } from '#tools';
import { ObjectDto } from '../describe/object.dto.js';

/** What happens to the objects that the deleted one owns. */
const PROPAGATIONS = ['background', 'foreground', 'orphan'] as const;

export class DeleteDto extends ObjectDto {
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
