import { BooleanField, IntField } from '#tools';
import { NodeDto } from './node.dto.js';

export class DrainDto extends NodeDto {
  @BooleanField({
    description:
      'Leave pods of DaemonSets where they are, as their controller ignores cordons. Without it, a node that has any is refused.',
    obvious: true,
    default: true,
  })
  ignore_daemonsets!: boolean;

  @BooleanField({
    description:
      'Also evict pods with emptyDir volumes, whose data is then lost. Without it, a node that has any is refused.',
    obvious: true,
    default: false,
  })
  delete_emptydir_data!: boolean;

  @BooleanField({
    description:
      'Also evict pods that no controller would replace. Without it, a node that has any is refused.',
    obvious: true,
    default: false,
  })
  force!: boolean;

  @IntField({
    description:
      "Seconds that each pod has to stop by itself, instead of the pod's own terminationGracePeriodSeconds.",
    obvious: true,
    min: 0,
    max: 3_600,
    optional: true,
  })
  grace_period_seconds?: number;

  @IntField({
    description: 'Seconds until the drain gives up; the node then stays cordoned.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: 300,
  })
  timeout_seconds!: number;
}
