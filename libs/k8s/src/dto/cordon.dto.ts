import { TextField } from '#tools';

export class CordonDto {
  @TextField({ description: 'Name of the node.', format: 'name' })
  node_name!: string;
}
