import { NAMESPACE } from '#cluster';
import { NAME, TextField } from '#tools';

export class GetAnalysisRunDto {
  @TextField({ description: 'Name of the analysis run.', obvious: true, format: NAME })
  name!: string;

  @TextField({
    description: 'Namespace of the analysis run.',
    obvious: true,
    format: NAMESPACE,
    default: 'default',
  })
  namespace!: string;
}
