import { AllNamespacesField, ListNamespaceField } from '#cluster';

export class ListAnalysisRunsDto {
  @ListNamespaceField()
  namespace?: string;

  @AllNamespacesField()
  all_namespaces!: boolean;
}
