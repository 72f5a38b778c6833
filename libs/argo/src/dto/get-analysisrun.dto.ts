import { TextField } from '#tools';

export class GetAnalysisRunDto {
  @TextField({ description: 'Name of the analysis run.', format: 'name' })
  name!: string;

  @TextField({
    description: 'Namespace of the analysis run.',
    format: 'namespace',
    default: 'default',
  })
  namespace!: string;
}
