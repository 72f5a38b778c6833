import { NAME, TextField } from '#tools';

/** One node. */
export class NodeDto {
  @TextField({ description: 'Name of the node.', obvious: true, format: NAME })
  node_name!: string;
}
