import { NAME, TextField } from '#tools';

export class PortForwardStopDto {
  @TextField({
    description: 'Id of the forward, from k8s_port_forward or k8s_port_forward_list, or all.',
    obvious: true,
    format: NAME,
  })
  id!: string;
}
