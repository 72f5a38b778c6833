import { ChoiceField, IntField } from '#tools';
import { ObjectDto } from '../object.dto.js';

/** What happens to the objects that the deleted one owns. */
const PROPAGATIONS = ['background', 'foreground', 'orphan'] as const;

export class DeleteDto extends ObjectDto {
  @ChoiceField({
    description:
      'What happens to the objects that it owns, such as the pods of a deployment: "background" deletes them after it, "foreground" before it, "orphan" leaves them.',
    obvious: true,
    choices: PROPAGATIONS,
    default: 'background',
  })
  propagation!: (typeof PROPAGATIONS)[number];

  @IntField({
    description:
      "For pods: seconds that they get to stop by themselves; 0 kills at once. Left out: the pod's own grace period.",
    obvious: true,
    min: 0,
    max: 3_600,
    optional: true,
  })
  grace_period_seconds?: number;

  @IntField({
    description:
      'Seconds to wait until the object is gone; its deletion continues after that. 0: do not wait.',
    obvious: true,
    min: 0,
    max: 3_600,
    default: 30,
  })
  timeout_seconds!: number;
}
