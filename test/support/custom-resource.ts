/** A kind of custom resources. */
export interface CustomKind {
  group: string;
  kind: string;
  plural: string;
}

export interface CustomVersion {
  name: string;
  /** OpenAPI v3, as the API server takes it. */
  schema: object;
  subresources?: object;
  selectableFields?: { jsonPath: string }[];
}

/**
 * A custom resource definition for kinds in namespaces; all versions are served, and the last one
 * is stored.
 */
export function definition(
  { group, kind, plural }: CustomKind,
  versions: readonly CustomVersion[],
): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: versions.map(({ schema, ...version }, index) => ({
        ...version,
        served: true,
        storage: index === versions.length - 1,
        schema: { openAPIV3Schema: schema },
      })),
    },
  };
}
