import { TextField } from '#tools';

/** One node. */
export class NodeDto {
  @TextField({ description: 'Name of the node.', format: 'name' })
  node_name!: string;
}
