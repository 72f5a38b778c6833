import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { helm } from './support/helm.js';
import {
  CHART,
  isObject,
  merged,
  ownValues,
  render,
  renderText,
  STEADY,
  variablesOf,
  type Values,
} from './support/skyflo-chart.js';

/** Values with which everything is on that can be on together. */
const EVERYTHING: Values = {
  database: { existingSecret: 'postgres' },
  replicaCount: 2,
  keys: { create: false, existingSecret: 'keys' },
  tls: { mode: 'proxy' },
  publicUrl: 'https://skyflo.example.com',
  oidc: { issuer: 'https://login.example.com' },
  rbac: { size: 'operator', namespaces: ['shop'] },
  ingress: { enabled: true, hosts: ['ingress.example.com'] },
  httpRoute: {
    enabled: true,
    hostnames: ['route.example.com'],
    parentRefs: [{ name: 'public' }],
  },
  networkPolicy: { enabled: true },
  metrics: {
    serviceMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboard: { enabled: true },
  },
};

/** What a value needs beside it to have an effect. */
const WITH: Record<string, Values> = {
  autoscaling: { autoscaling: { enabled: true } },
  keys: { keys: { create: true, existingSecret: '' } },
  persistence: {
    ...STEADY,
    database: { existingSecret: '' },
    replicaCount: 1,
    httpRoute: { enabled: false },
  },
  'persistence.*': { persistence: { enabled: true } },
  'policy.key': { policy: { existingConfigMap: 'policy' } },
  'kubeconfig.key': { kubeconfig: { existingSecret: 'clusters' } },
  'serviceAccount.mountToken': { kubeconfig: { existingSecret: 'clusters' } },
  'serviceAccount.create': { serviceAccount: { name: 'own' } },
  'tls.existingSecret': {
    tls: { mode: 'secret', existingSecret: 'tls' },
    httpRoute: { enabled: false },
  },
};

/** Other values than those that stand in values.yaml, where "other" would not be taken. */
const OTHERS: Record<string, unknown> = {
  'image.digest': `sha256:${'a'.repeat(64)}`,
  'image.pullPolicy': 'Always',
  'rbac.size': 'read-only',
  'rbac.namespaces': ['billing'],
  'rbac.customResourceGroups': ['cert-manager.io'],
  'policy.ready': 'admin',
  'keys.groups': ['platform'],
  allowedHosts: ['other.example.com'],
  'ingress.hosts': ['other.example.com'],
  'httpRoute.hostnames': ['other.example.com'],
  'oidc.issuer': 'https://other.example.com',
  publicUrl: 'https://other.example.com',
  'tls.mode': 'generated',
  'persistence.accessMode': 'ReadWriteOncePod',
  'persistence.size': '5Gi',
  'service.type': 'NodePort',
  'networkPolicy.apiServerCidrs': ['10.0.0.1/32'],
  'networkPolicy.httpsCidrs': ['10.0.0.2/32'],
  'networkPolicy.apiServerPorts': [8443],
  'networkPolicy.databasePorts': [5433],
  'metrics.serviceMonitor.interval': '10s',
  'metrics.enabled': false,
};

/** Places whose values belong to Kubernetes, not to the chart. */
const FREE = new Set([
  'resources',
  'podSecurityContext',
  'securityContext',
  'metrics.dashboard.labels',
]);

/** Paths of all values: a map that is empty, or not of the chart, is one value. */
function pathsOf(values: Values, above = ''): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = above + key;
    const isWhole = !isObject(value) || Object.keys(value).length === 0 || FREE.has(path);
    return isWhole ? [path] : pathsOf(value, `${path}.`);
  });
}

function at(values: Values, path: string): unknown {
  return path.split('.').reduce<unknown>((under, key) => (under as Values)[key], values);
}

/** Values with one at a path. */
function only(path: string, value: unknown): Values {
  return path.split('.').reduceRight<unknown>((under, key) => ({ [key]: under }), value) as Values;
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return 'other';
  if (Array.isArray(value)) return [{ name: 'other' }];
  return { other: 'yes' };
}

const PATHS = pathsOf(ownValues());

describe('the chart', () => {
  it('has no fault that helm lint finds', async () => {
    expect(await helm('lint', '--strict', CHART)).toContain('0 chart(s) failed');
  });

  it('is found to have every value in its schema', () => {
    const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8')) as object;
    const inSchema = (path: string) =>
      path
        .split('.')
        .reduce<unknown>(
          (under, key) => (under as { properties?: Values } | undefined)?.properties?.[key],
          schema,
        );
    expect(PATHS.filter((path) => inSchema(path) === undefined)).toEqual([]);
  });

  it('sets only variables that are settings of the server', async () => {
    const settings = new Set(
      [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `(\w+)`/gm)].map(
        ([, name]) => name,
      ),
    );
    expect(settings.size).toBeGreaterThan(50);
    const files = { kubeconfig: { existingSecret: 'clusters' }, policy: { rules: 'rules: []' } };
    const oidc = { audience: 'skyflo', groupsClaim: 'roles', nameClaim: 'email' };
    const generated = { keys: { create: true }, tls: { mode: 'generated' } };
    const all = await Promise.all([
      render(merged(EVERYTHING, { ...files, oidc })),
      render(merged(generated, files)),
    ]);
    const names = new Set(all.flatMap(variablesOf).map(({ name }) => name));
    expect(names.size).toBeGreaterThan(15);
    expect([...names].filter((name) => !settings.has(name))).toEqual([]);
  });

  it('lets config go before what it sets, once for each variable', async () => {
    const config = { HOST: '::', MAX_RUNNING: 1_000_000, AUDIT_FILE: '-' };
    const variables = variablesOf(await render({ config }));
    const names = variables.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    const values = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({ HOST: '::', MAX_RUNNING: '1000000', AUDIT_FILE: '-' });
  });

  it('allows the names of its Service, its routes and its address as hosts', async () => {
    const variables = variablesOf(await render(merged(EVERYTHING, { allowedHosts: ['more'] })));
    expect(variables.find(({ name }) => name === 'ALLOWED_HOSTS')?.value?.split(',')).toEqual([
      'skyflo-mcp',
      'skyflo-mcp.skyflo',
      'skyflo-mcp.skyflo.svc',
      'skyflo-mcp.skyflo.svc.cluster.local',
      'skyflo.example.com',
      'ingress.example.com',
      'route.example.com',
      'more',
    ]);
  });
});

describe('each value', () => {
  it.each(PATHS)('changes what is made: %s', async (path) => {
    const [room = ''] = path.split('.');
    const isBelow = path !== `${room}.enabled`;
    const beside = [WITH[room], isBelow ? WITH[`${room}.*`] : undefined, WITH[path]].filter(
      (values) => values !== undefined,
    );
    const base = [EVERYTHING, ...beside].reduce(merged);
    const value = OTHERS[path] ?? otherThan(at(merged(ownValues(), base), path));
    const rest = REST[path] ?? {};
    const changed = [base, only(path, value), rest].reduce(merged);
    const [before, after] = await Promise.all([steadyText(base), steadyText(changed)]);
    expect(after).not.toBe(before);
  });
});

/** What has to change together with a value to be taken. */
const REST: Record<string, Values> = {
  'rbac.size': { rbac: { namespaces: [] } },
  'tls.mode': { httpRoute: { enabled: false } },
  'keys.create': { keys: { existingSecret: '' } },
  'metrics.enabled': {
    metrics: { serviceMonitor: { enabled: false }, prometheusRule: { enabled: false } },
  },
};

const rendered = new Map<string, Promise<string>>();

/** What is rendered, without what is random. */
async function steadyText(values: Values): Promise<string> {
  const key = JSON.stringify(values);
  if (!rendered.has(key)) rendered.set(key, renderText(values));
  const text = await rendered.get(key);
  return text!.replaceAll(/^( {2}(?:api-key|audit\.key|pepper|(?:ca|tls)\.\w+): ).*$/gm, '$1');
}
