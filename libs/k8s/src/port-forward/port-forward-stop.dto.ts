import { NAME, TextField } from '#tools';

export class PortForwardStopDto {
  @TextField({
    description:
      'Id of the forward, as k8s_port_forward and k8s_port_forward_list tell it, or all.',
    format: NAME,
  })
  id!: string;
}
