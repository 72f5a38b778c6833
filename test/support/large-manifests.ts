const DESCRIPTION = 'What this field is for, and what it may be set to. '.repeat(21);

/**
 * A schema as generators write them: several levels, each field with a description, which is most
 * of the text.
 */
function schema(depth: number, width: number): object {
  if (depth === 0) return { type: 'string', description: DESCRIPTION };
  const fields = Array.from({ length: width }, (_, index) => [
    `field${index}`,
    index % 4 === 3 ? { type: 'array', items: schema(depth - 1, width) } : schema(depth - 1, width),
  ]);
  return {
    type: 'object',
    description: DESCRIPTION,
    properties: Object.fromEntries(fields),
  };
}

/** @param group each of its own, e.g. `a.example.com` */
export function definition(group: string, kind: string, depth: number, width: number): object {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', properties: { spec: schema(depth, width) } },
          },
        },
      ],
    },
  };
}

function dashboard(name: string, panels: number): object {
  const text = JSON.stringify({
    title: name,
    panels: Array.from({ length: panels }, (_, id) => ({
      id,
      type: 'timeseries',
      targets: [{ expr: `sum(rate(http_requests_total{job="$job", id="${id}"}[5m])) by (le)` }],
      fieldConfig: { defaults: { unit: 'reqps' }, overrides: [] },
    })),
  });
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'board.json': text } };
}

function account(name: string): object[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata: { name },
      rules: [
        { apiGroups: [''], resources: ['pods', 'endpoints'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name }],
    },
  ];
}

function workload(name: string): object[] {
  const labels = { app: name };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            containers: [{ name: 'main', image: `example/${name}:v1` }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: labels, ports: [{ name: 'http', port: 80 }] },
    },
  ];
}

/**
 * 110 objects of the shapes and about the sizes of a monitoring stack: definitions, dashboards,
 * roles and workloads; none of them runs.
 */
export function monitoringStack(group: string): object[] {
  const names = Array.from({ length: 16 }, (_, index) => `monitor-${index}`);
  return [
    ...['Probe', 'Rule', 'Agent', 'Monitor', 'Alert'].map((kind) => definition(group, kind, 4, 5)),
    ...Array.from({ length: 25 }, (_, index) => dashboard(`board-${index}`, 250)),
    ...names.flatMap(account),
    ...names.flatMap(workload),
  ];
}
