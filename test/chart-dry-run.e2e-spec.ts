import { globSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { testSandbox } from './support/sandbox.js';
import { render, renderText, type Values } from './support/skyflo-chart.js';
import { useNamespace } from './support/use-namespace.js';

/** The namespace that the chart is rendered for. */
const own = useNamespace('chart-dry-run');

/** Of Gateway API and of the Prometheus operator, as their projects release them. */
const DEFINITIONS = globSync('test/fixtures/crds/*.json').flatMap((file) => ['-f', file]);
beforeAll(async () => {
  await kubectl('apply', '--server-side', ...DEFINITIONS);
  await kubectl('wait', '--for=condition=Established', '--timeout=30s', ...DEFINITIONS);
});
afterAll(() => kubectl('delete', '--wait=false', ...DEFINITIONS));

/** Has the API server read all objects, and make none. It refuses unknown and doubled fields. */
async function dryRun(values: Values): Promise<string[]> {
  const file = join(testSandbox().folder, `rendered-${randomUUID()}.yaml`);
  await writeFile(file, await renderText(values, own.name));
  const text = await kubectl(
    'apply',
    '--dry-run=server',
    '--validate=strict',
    '-o',
    'name',
    '-f',
    file,
  );
  return text.trim().split('\n');
}

const ALWAYS = [
  'deployment.apps/skyflo-mcp',
  'secret/skyflo-mcp-audit',
  'secret/skyflo-mcp-key',
  'secret/skyflo-mcp-keys',
  'secret/skyflo-mcp-tls',
  'service/skyflo-mcp',
  'service/skyflo-mcp-metrics',
  'serviceaccount/skyflo-mcp',
  // Helm runs it only when it is told to.
  'job.batch/skyflo-mcp-test',
];
const READS = [
  'clusterrole.rbac.authorization.k8s.io/chart-dry-run:skyflo-mcp',
  'clusterrolebinding.rbac.authorization.k8s.io/chart-dry-run:skyflo-mcp',
];

const SIZES: Record<string, { values: Values; makes: string[] }> = {
  'read-only': { values: {}, makes: READS },
  operator: {
    values: { namespaces: ['shop', 'billing'] },
    makes: [
      ...READS,
      'clusterrole.rbac.authorization.k8s.io/chart-dry-run:skyflo-mcp-operator',
      'rolebinding.rbac.authorization.k8s.io/chart-dry-run:skyflo-mcp-operator',
      'rolebinding.rbac.authorization.k8s.io/chart-dry-run:skyflo-mcp-operator',
    ],
  },
  admin: {
    values: {},
    makes: ['clusterrolebinding.rbac.authorization.k8s.io/chart-dry-run:skyflo-mcp-admin'],
  },
  none: { values: {}, makes: [] },
};

describe('what the API server takes of the chart', () => {
  it.each(Object.entries(SIZES))('is all of the size %s', async (size, { values, makes }) => {
    const names = await dryRun({ rbac: { size, ...values } });
    expect(names.toSorted()).toEqual([...ALWAYS, ...makes].toSorted());
  });

  it('is all that can be switched on', async () => {
    const names = await dryRun({
      publicUrl: 'https://skyflo.example.com',
      tls: { mode: 'proxy' },
      database: { existingSecret: 'postgres' },
      oidc: { issuer: 'https://login.example.com' },
      policy: { rules: 'use: read-only' },
      kubeconfig: { existingSecret: 'clusters' },
      autoscaling: { enabled: true, cpuPercent: 80 },
      ingress: { enabled: true, className: 'nginx', hosts: ['a.example.com'], tlsSecret: 'a' },
      httpRoute: {
        enabled: true,
        parentRefs: [{ name: 'public', namespace: 'gateways' }],
        hostnames: ['b.example.com'],
      },
      networkPolicy: { enabled: true, extraEgress: [{ ports: [{ port: 8443 }] }] },
      metrics: {
        serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
        prometheusRule: { enabled: true },
        dashboard: { enabled: true },
      },
      rbac: { extraRules: [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }] },
      extraEnv: [{ name: 'AWS_REGION', value: 'eu-west-1' }],
      extraVolumes: [{ name: 'plugins', emptyDir: {} }],
      extraVolumeMounts: [{ name: 'plugins', mountPath: '/plugins' }],
      initContainers: [{ name: 'plugin', image: 'example.com/plugin:1' }],
    });
    expect(names).toEqual(
      expect.arrayContaining([
        'configmap/skyflo-mcp-dashboard',
        'configmap/skyflo-mcp-policy',
        'horizontalpodautoscaler.autoscaling/skyflo-mcp',
        'httproute.gateway.networking.k8s.io/skyflo-mcp',
        'ingress.networking.k8s.io/skyflo-mcp',
        'networkpolicy.networking.k8s.io/skyflo-mcp',
        'poddisruptionbudget.policy/skyflo-mcp',
        'prometheusrule.monitoring.coreos.com/skyflo-mcp',
        'servicemonitor.monitoring.coreos.com/skyflo-mcp',
      ]),
    );
  });

  it('is one pod at a time where SQLite is on a volume', async () => {
    const persistence = { enabled: true };
    expect(await dryRun({ persistence })).toContain('persistentvolumeclaim/skyflo-mcp');
    const deployment = (await render({ persistence })).find(({ kind }) => kind === 'Deployment');
    expect(deployment?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  it('is under a long name of a release too', async () => {
    const names = await dryRun({ fullnameOverride: 'a'.repeat(70), rbac: { size: 'admin' } });
    expect(names).toContain(`deployment.apps/${'a'.repeat(52)}`);
  });
});
