import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { kubectl } from './support/kubectl.js';
import { createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('get-yaml');
const server = useServer({ defaults: { namespace: own.name } });
const COMMENT = /\n# Left out: uid, resourceVersion, .* json is whole\.$/;

type Live = Record<string, unknown> & { metadata: { generation?: number; name: string } };

const yamlOf = (resource_type: string, name: string, more: object = {}) =>
  server.textOf('k8s_get', { resource_type, name, output: 'yaml', ...more });
const liveOf = async (target: string, namespace = own.name) =>
  JSON.parse(await kubectl('get', target, '-n', namespace, '-o', 'json')) as Live;

/** The paths, as `spec.ports[].protocol=TCP`, that only the second value has. */
function leftOut(shown: unknown, whole: unknown, path = ''): string[] {
  if (shown === undefined) return [`${path}=${JSON.stringify(whole)}`];
  if (typeof whole !== 'object' || whole === null) {
    expect([path, shown]).toEqual([path, whole]);
    return [];
  }
  const [some, all] = [shown as Record<string, unknown>, whole as Record<string, unknown>];
  expect(Object.keys(all)).toEqual(expect.arrayContaining(Object.keys(some)));
  return Object.keys(all).flatMap((key) =>
    leftOut(some[key], all[key], Array.isArray(all) ? `${path}[]` : `${path}${path && '.'}${key}`),
  );
}

const META = [
  expect.stringMatching(/^metadata\.annotations\.kubectl\.kubernetes\.io\/last-applied/),
  expect.stringMatching(/^metadata\.(uid|resourceVersion|generation)=/),
];

describe('output yaml', () => {
  it.each<[string, string, string[]]>([
    [
      'deploy',
      'web',
      [
        'spec.progressDeadlineSeconds=600',
        'spec.revisionHistoryLimit=10',
        'spec.strategy={"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"},"type":"RollingUpdate"}',
        'spec.template.spec.containers[].imagePullPolicy="IfNotPresent"',
        'spec.template.spec.containers[].ports[].protocol="TCP"',
        'spec.template.spec.containers[].terminationMessagePath="/dev/termination-log"',
        'spec.template.spec.containers[].terminationMessagePolicy="File"',
        'spec.template.spec.dnsPolicy="ClusterFirst"',
        'spec.template.spec.restartPolicy="Always"',
        'spec.template.spec.schedulerName="default-scheduler"',
        'spec.template.spec.securityContext={}',
        'spec.template.spec.terminationGracePeriodSeconds=30',
      ],
    ],
    [
      'svc',
      'web',
      [
        'spec.clusterIPs=["CLUSTER-IP"]',
        'spec.internalTrafficPolicy="Cluster"',
        'spec.ipFamilies=["IPv4"]',
        'spec.ipFamilyPolicy="SingleStack"',
        'spec.ports[].protocol="TCP"',
        'spec.sessionAffinity="None"',
        'spec.type="ClusterIP"',
        'status={"loadBalancer":{}}',
      ],
    ],
  ])('has all of a %s but what says nothing', async (kind, name, expected) => {
    const text = await yamlOf(kind, name, { namespace: 'shop' });
    expect(text).toMatch(COMMENT);
    const whole = await liveOf(`${kind}/${name}`, 'shop');
    const missing = leftOut(parse(text), whole).map((one) =>
      one.replace(/10\.[\d.]+/, 'CLUSTER-IP'),
    );
    const other = missing.filter((one) => !META.some((meta) => meta.asymmetricMatch(one)));
    expect(other.filter((one) => !one.startsWith('metadata.annotations={'))).toEqual(expected);
    expect(missing.length).toBeGreaterThan(other.length);
  });

  it('leaves out of a pod what the API server has injected', async () => {
    const [pod] = (await kubectl('get', 'pods', '-n', 'shop', '-l', 'app=web', '-o', 'name')).split(
      '\n',
    );
    const name = pod!.replace('pod/', '');
    const text = await yamlOf('pod', name, { namespace: 'shop' });
    expect(await kubectl('get', pod!, '-n', 'shop', '-o', 'yaml')).toMatch(
      /kube-api-access.*\n[^]*tolerationSeconds: 300/,
    );
    expect(text).not.toMatch(/kube-api-access|tolerations|serviceAccount|priority|preemption/);
    const { status } = await liveOf(pod!, 'shop');
    expect(leftOut((parse(text) as Live)['status'], status)).toEqual([
      'containerStatuses[].lastState={}',
    ]);
  });

  it('is shorter by a third, in a list too; json is whole', async () => {
    const args = { resource_type: 'deployments,services', namespace: 'shop' };
    const text = await server.textOf('k8s_get', { ...args, output: 'yaml' });
    const printed = await kubectl('get', args.resource_type, '-n', 'shop', '-o', 'yaml');
    expect(text).toMatch(COMMENT);
    expect(text.length).toBeLessThan(printed.length * 0.67);
    const { items } = parse(text) as { items: Live[] };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(
      (parse(printed) as { items: Live[] }).items.map(({ metadata }) => metadata.name),
    );
    const page = await server.textOf('k8s_get', {
      ...args,
      resource_type: 'deployments',
      output: 'yaml',
      limit: 1,
    });
    expect(page).not.toMatch(/uid:|terminationGracePeriodSeconds/);
    const json = await server.textOf('k8s_get', { ...args, output: 'json' });
    expect(json).toContain('"uid"');
    expect(json).toContain('"terminationGracePeriodSeconds": 30');
  });
});

describe('an object that is applied again as output yaml shows it, without its status', () => {
  const labels = { app: 'again' };
  const metadata = { name: 'again', namespace: own.name };
  const probe = { httpGet: { port: 80 } };
  const podSpec = {
    terminationGracePeriodSeconds: 5,
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'conf', configMap: { name: 'conf' } },
    ],
    containers: [
      {
        name: 'app',
        image: 'nginx',
        ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
        livenessProbe: probe,
        readinessProbe: { ...probe, periodSeconds: 3 },
        env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        securityContext: {},
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
      { name: 'side', image: 'side:1', imagePullPolicy: 'Always' },
    ],
  };
  const template = { metadata: { labels }, spec: podSpec };
  const selector = { matchLabels: labels };
  const task = { spec: { ...podSpec, restartPolicy: 'Never' } };
  const OBJECTS = {
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector, template },
    },
    statefulset: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        serviceName: 'again',
        replicas: 0,
        selector,
        template,
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
    daemonset: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template } },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: labels,
        ports: [{ port: 80 }, { name: 'dns', port: 53, protocol: 'UDP' }].map((port, index) => ({
          name: `p${index}`,
          ...port,
        })),
      },
    },
    job: { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { suspend: true, template: task } },
    cronjob: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata,
      spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: task } } },
    },
    networkpolicy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }, {}], policyTypes: ['Ingress'] },
    },
    pod: { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec },
    persistentvolumeclaim: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    rollout: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata,
      spec: {
        replicas: 0,
        selector,
        template: {
          metadata: { labels },
          spec: {
            dnsPolicy: 'ClusterFirst',
            containers: [{ name: 'a', image: 'a:1', resources: {} }],
          },
        },
        strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
      },
    },
  };
  const KINDS = Object.keys(OBJECTS) as (keyof typeof OBJECTS)[];
  beforeAll(() => createObjects(...Object.values(OBJECTS)));

  /** What its owner wishes. */
  const wishes = ({ status: _, metadata: meta, ...rest }: Live) => {
    const { generation, labels: own_, ownerReferences } = meta as Record<string, unknown>;
    return { ...rest, generation, labels: own_, ownerReferences };
  };

  it.each(KINDS)('stays as it is: %s', async (kind) => {
    const text = await yamlOf(kind, 'again');
    const { status: _, ...shown } = parse(text) as Live;
    const content = stringify(shown);
    for (const field of ['uid', 'resourceVersion', 'generation', 'managedFields']) {
      expect(shown.metadata).not.toHaveProperty(field);
    }
    const before = wishes(await liveOf(`${kind}/again`));
    await server.textOf('k8s_apply', { content });
    expect(wishes(await liveOf(`${kind}/again`))).toEqual(before);
    const again = await server.textOf('k8s_apply', { content });
    expect(again).toMatch(/unchanged/i);
    expect(wishes(await liveOf(`${kind}/again`))).toEqual(before);
  });
});
