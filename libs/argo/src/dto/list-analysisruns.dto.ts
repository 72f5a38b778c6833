import { BooleanField, TextField } from '#tools';

export class ListAnalysisRunsDto {
  @TextField({
    description: "Namespace to look in. Left out: the context's own namespace.",
    format: 'namespace',
    optional: true,
  })
  namespace?: string;

  @BooleanField({ description: 'Look in every namespace.', default: false })
  all_namespaces!: boolean;
}
