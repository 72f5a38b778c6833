import { NAMESPACE } from '#cluster';
import { ChoiceField, IntField, NAME, TextField } from '#tools';
import { PORT_PAIRS } from '../k8s.formats.js';

const FORWARD_KINDS = ['pod', 'service', 'deployment'] as const;

export class PortForwardDto {
  @TextField({
    description: 'Name of the pod, service or deployment.',
    obvious: true,
    format: NAME,
  })
  resource_name!: string;

  @TextField({
    description:
      'Pairs local:remote, joined by spaces or commas. The local port is on the host of this server, from 1024; 0 or nothing before the colon takes a free one. The remote port may be a name; for a service it is the port of the service. Example: "0:80 9090:metrics".',
    obvious: true,
    format: PORT_PAIRS,
  })
  ports!: string;

  @TextField({
    description: 'Its namespace.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;

  @ChoiceField({
    description: 'What it is. For a service or deployment, a ready pod is chosen.',
    obvious: true,
    choices: FORWARD_KINDS,
    default: 'pod',
  })
  resource_type!: (typeof FORWARD_KINDS)[number];

  @IntField({
    description: 'Seconds after which the forward ends by itself.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: 600,
  })
  duration_seconds!: number;
}
