import { afterEach, describe, expect, it } from 'vitest';
import { applyByKubectl, applyWith, createObjects } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';

const namespace = 'apply-adopt';
const { own, apply } = useApply(namespace);
afterEach(() => own.kubectl('delete', 'service,deployment,ingress,hpa', '--all'));

type Spec = Record<string, unknown>;

const service = (spec: Spec, name = 'adopted') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: 'web' }, ...spec },
});
const port = (number: number, name = 'http') => ({ name, port: number });

/** A Deployment without pods. */
const deployment = (spec: Spec, pod: Spec = {}, container: Spec = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'adopted', namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'adopted' } },
    template: {
      metadata: { labels: { app: 'adopted' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27', ...container }], ...pod },
    },
    ...spec,
  },
});
const strategy = (spec: Spec) => deployment({ strategy: spec });
const volumes = (...list: Spec[]) => deployment({}, { volumes: list });
const container = (spec: Spec) => deployment({}, {}, spec);
const secretKeyRef = { name: 'keys', key: 'a', optional: true };

const ingress = (defaultBackend: Spec) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'adopted', namespace },
  spec: { defaultBackend },
});
const autoscaler = (metric: Spec) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'adopted', namespace },
  spec: {
    maxReplicas: 3,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'adopted' },
    metrics: [metric],
  },
});

const VOLUME = 'spec.template.spec.volumes[name="x"]';
const CONTAINER = 'spec.template.spec.containers[name="web"]';

/**
 * What is live, what is applied then, what that removes, and what is stored after it (by a JSON
 * path).
 */
const CHANGES: [string, object, object, string, string, string][] = [
  [
    'a port of a Service with the name that another had',
    service({ ports: [port(80)] }),
    service({ ports: [port(8081)] }),
    'spec.ports[port=80,protocol="TCP"]',
    '{.spec.ports[*].port}',
    '8081',
  ],
  [
    'one of several ports of a Service',
    service({ ports: [port(80), port(9090, 'metrics')] }),
    service({ ports: [port(8081), port(9090, 'metrics')] }),
    'spec.ports[port=80,protocol="TCP"]',
    '{.spec.ports[*].port}',
    '8081 9090',
  ],
  [
    'a Service of another type',
    service({ ports: [port(80)] }),
    service({ type: 'ExternalName', externalName: 'a.example.com', ports: [port(8081)] }),
    'spec.ports[port=80,protocol="TCP"]',
    '{.spec.type} {.spec.clusterIP} {.spec.ports[*].port}',
    'ExternalName  8081',
  ],
  [
    'the port of a container, with its name',
    container({ ports: [{ name: 'http', containerPort: 80 }] }),
    container({ ports: [{ name: 'http', containerPort: 8080 }] }),
    `${CONTAINER}.ports[containerPort=80,protocol="TCP"]`,
    '{.spec.template.spec.containers[0].ports[*].containerPort}',
    '8080',
  ],
  [
    'a volume of another kind',
    volumes({ name: 'x', emptyDir: {} }, { name: 'y', emptyDir: {} }),
    volumes({ name: 'x', configMap: { name: 'c' } }, { name: 'y', emptyDir: {} }),
    `${VOLUME}.emptyDir`,
    '{.spec.template.spec.volumes[*].configMap.name} {.spec.template.spec.volumes[*].emptyDir}',
    'c {}',
  ],
  [
    'a volume of a Secret in place of a projected one',
    volumes({ name: 'x', projected: { sources: [{ secret: { name: 's' } }] } }),
    volumes({ name: 'x', secret: { secretName: 's' } }),
    `${VOLUME}.projected`,
    '{.spec.template.spec.volumes[0].secret.secretName}',
    's',
  ],
  [
    'a variable from a Secret in place of a value',
    container({ env: [{ name: 'A', value: '1' }] }),
    container({ env: [{ name: 'A', valueFrom: { secretKeyRef } }] }),
    `${CONTAINER}.env[name="A"].value`,
    '{.spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.key}',
    'a',
  ],
  [
    'a variable with a value in place of one from a Secret',
    container({ env: [{ name: 'A', valueFrom: { secretKeyRef } }] }),
    container({ env: [{ name: 'A', value: '1' }] }),
    `${CONTAINER}.env[name="A"].valueFrom`,
    '{.spec.template.spec.containers[0].env[0].value}',
    '1',
  ],
  [
    'a probe of another kind',
    container({ livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 } }),
    container({ livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 } }),
    `${CONTAINER}.livenessProbe.httpGet`,
    '{.spec.template.spec.containers[0].livenessProbe.tcpSocket.port}',
    '80',
  ],
  [
    'another strategy',
    strategy({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }),
    strategy({ type: 'Recreate' }),
    'spec.strategy.rollingUpdate',
    '{.spec.strategy}',
    '{"type":"Recreate"}',
  ],
  [
    'another backend of an Ingress',
    ingress({ service: { name: 's', port: { number: 80 } } }),
    ingress({ resource: { apiGroup: 'k8s.example.com', kind: 'Bucket', name: 'b' } }),
    'spec.defaultBackend.service',
    '{.spec.defaultBackend.resource.name}',
    'b',
  ],
];

const label = ({ kind }: { kind: string }) => kind.toLowerCase();

describe('what kubectl apply made', () => {
  it.each(CHANGES)('gets %s', async (_, before, after, removed, path, wanted) => {
    const target = `${label(after as { kind: string })}/adopted`;
    await applyByKubectl(namespace, before);
    const specOf = () => own.stored(target, '{.spec}');
    const found = await specOf();
    const refused = await apply(after);
    expect([refused.status, refused.body.detail]).toEqual([
      412,
      expect.stringContaining('set prune_fields to true to drop them'),
    ]);
    expect(refused.body.detail).toContain(removed);
    const dry = textOf(await apply(after, { prune_fields: true, dry_run: true }));
    expect(dry).toContain(`Removed from ${dry.split(' ', 1)[0]} in ${namespace}: `);
    expect(dry).toContain(removed);
    expect(await specOf()).toBe(found);
    const managers = '{.metadata.managedFields[*].manager}';
    expect(await own.stored(target, managers)).not.toContain('skyflo-mcp');
    const text = textOf(await apply(after, { prune_fields: true }));
    expect(text).toBe(dry.replace('(dry run: nothing was changed)\n', ''));
    expect(await own.stored(target, path)).toBe(wanted);
    expect(textOf(await apply(after))).toMatch(/^\S+ unchanged$/);
  });

  it('gets another metric of an autoscaler, which is part of one value', async () => {
    const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
    const memory = { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } };
    await applyByKubectl(namespace, autoscaler({ type: 'Resource', resource: cpu }));
    const metric = { type: 'ContainerResource', containerResource: { container: 'a', ...memory } };
    textOf(await apply(autoscaler(metric)));
    expect(await own.stored('hpa/adopted', '{.spec.metrics[*].type}')).toBe('ContainerResource');
  });

  it('stays as it is where it is so large that the merge would hold up everybody', async () => {
    const env = Array.from({ length: 4_000 }, (_, index) => ({ name: `V${index}`, value: '1' }));
    const large = (type: string) => deployment({ strategy: { type } }, {}, { env });
    await applyByKubectl(namespace, large('RollingUpdate'));
    const { status, body } = await apply(large('Recreate'), { prune_fields: true });
    expect([status, body.detail]).toEqual([
      422,
      expect.stringContaining('With more than 20000 values it is too large'),
    ]);
    await own.kubectl('delete', 'deployment', 'adopted');
  });
});

describe('what others made', () => {
  const before = () => service({ ports: [port(80), port(9090, 'metrics')] });
  const after = service({ ports: [port(8081)] });

  it.each([
    ['kubectl create', 'kubectl-create', () => createObjects(before())],
    ['kubectl apply --server-side', 'kubectl', () => applyWith(['--server-side'], before())],
    ['helm', 'helm', () => applyWith(['--server-side', '--field-manager=helm'], before())],
  ])('gets the port when that is taken over from it (%s)', async (_, manager, make) => {
    await make();
    const first = await apply(after, { prune_fields: true });
    expect([first.status, first.body.detail]).toEqual([
      409,
      expect.stringContaining(
        `"${manager}" manages spec.ports[port=80,protocol="TCP"]. The manifest cannot be applied beside that`,
      ),
    ]);
    const second = await apply(after, { force_conflicts: true });
    expect([second.status, second.body.detail]).toEqual([
      412,
      expect.stringContaining('drop it: spec.ports[port=80,protocol="TCP"].'),
    ]);
    const both = { force_conflicts: true, prune_fields: true };
    const dry = textOf(await apply(after, { ...both, dry_run: true }));
    expect(await own.stored('service/adopted', '{.spec.ports[*].port}')).toBe('80 9090');
    const text = textOf(await apply(after, both));
    expect(text).toBe(dry.replace('(dry run: nothing was changed)\n', ''));
    // What is not in the way stays whose it is.
    expect(await own.stored('service/adopted', '{.spec.ports[*].port}')).toBe('9090 8081');
  });
});

describe('what an earlier k8s_apply made', () => {
  it('loses the defaults that the manifest does not go with', async () => {
    textOf(await apply(deployment({})));
    const text = textOf(await apply(strategy({ type: 'Recreate' })));
    expect(text).toContain(
      'Removed from deployment.apps/adopted in apply-adopt: spec.strategy.rollingUpdate',
    );
    expect(await own.stored('deployment/adopted', '{.spec.strategy}')).toBe('{"type":"Recreate"}');
  });
});

describe('a manifest that is wrong by itself', () => {
  it('is refused by what is wrong with it', async () => {
    await applyByKubectl(namespace, service({ ports: [port(80)] }));
    const { status, body } = await apply(service({ ports: [port(70_000)] }), {
      prune_fields: true,
    });
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toContain('spec.ports[0].port: Invalid value: 70000');
    expect(body.detail).not.toContain('Duplicate');
  });
});
