import { AllNamespacesField, ListNamespaceField } from '#cluster';
import { ChoiceField, IntField, NAME, TextField } from '#tools';
import { DURATION, OBJECT } from '../k8s.formats.js';

export class EventsDto {
  @TextField({ description: 'kind/name, such as "pod/web-0".', format: OBJECT, optional: true })
  resource?: string;

  @AllNamespacesField()
  all_namespaces!: boolean;

  @ListNamespaceField()
  namespace?: string;

  @ChoiceField({
    description: 'Only this type.',
    obvious: true,
    choices: ['normal', 'warning'],
    optional: true,
  })
  type?: 'normal' | 'warning';

  @TextField({
    description: 'Such as "FailedScheduling".',
    obvious: true,
    format: NAME,
    optional: true,
  })
  reason?: string;

  @TextField({ description: 'Such as "30m".', obvious: true, format: DURATION, optional: true })
  since?: string;

  @IntField({ description: 'Most events.', obvious: true, min: 1, max: 1_000, default: 50 })
  limit!: number;
}
