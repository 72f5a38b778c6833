import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('describe-findings');
const server = useServer({ defaults: { namespace: own.name } });

/** The findings on an object, and what stands below them. */
async function described(resource_type: string, name: string) {
  const text = await server.textOf('k8s_describe', { resource_type, name });
  const [, list = '', rest = text] = /^Findings:\n((?:- .*\n)*)\n([^]*)$/.exec(text) ?? [];
  return {
    findings: list
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(2)),
    rest,
  };
}
const findingsOn = async (kind: string, name: string) => (await described(kind, name)).findings;

const at = (name: string, labels: object = {}) => ({ name, namespace: own.name, labels });
const pod = (name: string, spec: object = {}, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: at(name, labels),
  spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
});
const claim = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: at(name),
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec },
});
const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: at(name),
  spec: { ports: [{ port: 80 }], ...spec },
});
const affinity = (...matchExpressions: object[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
  },
});

describe('a pod that has no node', () => {
  beforeAll(() =>
    createObjects(
      pod('no-disk', { nodeSelector: { disktype: 'ssd', 'kubernetes.io/os': 'linux' } }),
      pod('other-zone', {
        nodeSelector: { 'topology.kubernetes.io/zone': 'sandbox-z' },
        affinity: affinity({ key: 'gpu', operator: 'Exists' }),
      }),
      pod('two-places', {
        nodeSelector: { 'topology.kubernetes.io/zone': 'sandbox-a' },
        affinity: affinity({ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-2'] }),
      }),
    ),
  );

  it.each([
    ['no-disk', ['No node has disktype=ssd (nodeSelector of the pod).']],
    [
      'other-zone',
      [
        'No node has topology.kubernetes.io/zone=sandbox-z (nodeSelector of the pod). Nodes have topology.kubernetes.io/zone=sandbox-a, topology.kubernetes.io/zone=sandbox-b, topology.kubernetes.io/zone=sandbox-c.',
        'No node has the label gpu (node affinity of the pod).',
      ],
    ],
    [
      'two-places',
      [
        'No node has all that the pod wants at once: topology.kubernetes.io/zone=sandbox-a, kubernetes.io/hostname=node-2.',
      ],
    ],
  ])('is said which labels no node has: %s', async (name, findings) => {
    const { findings: found, rest } = await described('pod', name);
    expect(found).toEqual(findings);
    expect(rest).toMatch(new RegExp(`^Name: +${name}\n`));
  });

  it('is said which taints are in the way', async () => {
    await createObjects({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'findings-tainted', labels: { 'findings/kind': 'tainted' } },
      spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] },
    });
    try {
      await createObjects(pod('tainted', { nodeSelector: { 'findings/kind': 'tainted' } }));
      const [finding] = await findingsOn('pod', 'tainted');
      expect(finding).toMatch(
        /^The node with the wanted labels has taints that the pod does not tolerate: .*dedicated=db:NoSchedule/,
      );
    } finally {
      await own.kubectl('delete', 'node', 'findings-tainted');
    }
  });
});

describe('a pod whose claim has no volume', () => {
  const withClaim = (name: string) =>
    pod(`pod-${name}`, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] });
  beforeAll(async () => {
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'findings-small' },
      spec: {
        storageClassName: 'findings-manual',
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        hostPath: { path: '/tmp/findings' },
      },
    };
    await createObjects(
      volume,
      claim('no-class', { storageClassName: 'fast' }),
      claim('by-default'),
      claim('too-large', { storageClassName: 'findings-manual' }),
      ...['no-class', 'by-default', 'too-large', 'nowhere'].map(withClaim),
    );
    return () => own.kubectl('delete', 'persistentvolume', 'findings-small', '--wait=false');
  });

  it.each([
    [
      'no-class',
      /^Claim "no-class" is not bound: there is no storage class "fast" \(.*\); no volume fits: there is none of that class\.$/,
    ],
    [
      'by-default',
      /^Claim "by-default" is not bound: it names no storage class, and no class is the default \(.*\); no volume fits/,
    ],
    [
      'too-large',
      /^Claim "too-large" is not bound: there is no storage class "findings-manual" .*; no volume fits: findings-small has 1Gi of 5Gi\.$/,
    ],
    ['nowhere', /^Claim "nowhere" of the pod does not exist\.$/],
  ])('is said which one, and why: %s', async (name, why) => {
    const [finding] = await findingsOn('pod', `pod-${name}`);
    expect(finding).toMatch(why);
    if (name !== 'nowhere') expect(await findingsOn('pvc', name)).toEqual([finding]);
  });
});

describe('a pod that refers to what is not there', () => {
  it('is said which objects', async () => {
    const spec = {
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      serviceAccountName: 'default',
      schedulerName: 'nobody',
      volumes: [{ name: 'conf', configMap: { name: 'no-map' } }],
      containers: [
        {
          name: 'app',
          image: 'app:1',
          env: [
            { name: 'A', valueFrom: { secretKeyRef: { name: 'no-secret', key: 'a' } } },
            { name: 'B', valueFrom: { secretKeyRef: { name: 'maybe', key: 'a', optional: true } } },
          ],
        },
      ],
    };
    await createObjects(pod('referring', spec));
    expect(await findingsOn('pod', 'referring')).toEqual([
      'ConfigMap "no-map" does not exist (volume conf).',
      'Secret "no-secret" does not exist (environment of container app).',
    ]);
  });

  it('is said which image it cannot get, and how it ended before', async () => {
    const [payments] = (await podsOf('payments')).filter(({ reason }) => reason !== undefined);
    const text = await server.textOf('k8s_describe', {
      resource_type: 'pod',
      namespace: 'shop',
      name: payments?.name,
    });
    expect(text).toMatch(
      /^Findings:\n- Container payments cannot get its image \S+ \(\w+\).* The pod has no imagePullSecrets\.\n\nName:/,
    );
    const [mailer] = await podsOf('mailer');
    const crashed = { resource_type: 'pod', namespace: 'shop', name: mailer?.name };
    expect(await server.textOf('k8s_describe', crashed)).toMatch(
      /^Findings:\n- Container mailer ended with exit code 1 \(Error\), and was started again \d+ times\. k8s_logs with previous/,
    );
  });
});

async function podsOf(app: string) {
  const names =
    '{range .items[*]}{.metadata.name} {.status.containerStatuses[0].state.waiting.reason}{"\\n"}{end}';
  const text = await own.kubectl(
    'get',
    'pods',
    '-n',
    'shop',
    '-l',
    `app=${app}`,
    '-o',
    `jsonpath=${names}`,
  );
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '))
    .map(([name = '', reason]) => ({ name, reason: reason || undefined }));
}

describe('a service', () => {
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
  const COUNT = 8;
  beforeAll(async () => {
    const containers = [
      { name: 'app', image: 'app:1', ports: [{ name: 'web', containerPort: 8080 }] },
    ];
    await createObjects(
      ...Array.from({ length: COUNT }, (_, index) =>
        pod(`many-${index}`, { containers }, { app: 'many' }),
      ),
      service('many', { selector: { app: 'many' }, ports: [{ port: 80, targetPort: 'web' }] }),
      service('typo', { selector: { app: 'mny' } }),
      service('wrong-port', { selector: { app: 'many' }, ports }),
      pod('waiting', { nodeSelector: { none: 'such' } }, { app: 'waiting' }),
      service('waiting', { selector: { app: 'waiting' } }),
      service('by-hand', {}),
    );
    await own.kubectl('wait', 'pod', '-l', 'app=many', '--for=condition=Ready', '--timeout=60s');
    await own.kubectl('wait', 'pod', 'waiting', '--for=condition=PodScheduled=false');
  });

  it('shows every endpoint, with its pod and whether it is ready', async () => {
    const shown = async () => (await described('service', 'many')).rest;
    await expect.poll(shown).toContain(`\nAll endpoints (${COUNT}, ${COUNT} ready):\n`);
    const text = await shown();
    for (let index = 0; index < COUNT; index++) {
      expect(text).toMatch(
        new RegExp(`^  10\\.\\S+ +8080/TCP +yes +many-${index} +node-\\d$`, 'm'),
      );
    }
    expect(await findingsOn('service', 'many')).toEqual([]);
  });

  it('is said to match no pod, and what labels there are', async () => {
    const { findings, rest } = await described('service', 'typo');
    expect(findings).toEqual([
      `Its selector app=mny matches no pod in namespace ${own.name}.`,
      'No pod has app=mny; pods have app=many, app=waiting.',
    ]);
    expect(rest).toMatch(/\nAll endpoints: none$/);
  });

  it('is said to have no ready pod, and why', async () => {
    const { findings, rest } = await described('service', 'waiting');
    expect(findings).toEqual([
      expect.stringMatching(/^None of its 1 pods is ready: waiting is Pending \(0\/\d nodes/),
    ]);
    expect(rest).toMatch(
      /\nAll endpoints \(1, 0 ready\):\n[^]*\n {2}- +- +no: Pending \(.*\) +waiting +-$/,
    );
  });

  it('is said to go to a port that no pod has, or to have no endpoints at all', async () => {
    expect(await findingsOn('service', 'wrong-port')).toEqual([
      'Port 80 goes to "http", a port that no container of its pods has; they have web.',
    ]);
    expect(await findingsOn('service', 'by-hand')).toEqual([
      'It has no selector, and nobody has made endpoints for it.',
    ]);
  });
});

describe('other objects', () => {
  const backend = (name: string, port: object) => ({ service: { name, port } });
  beforeAll(async () => {
    await createObjects(
      service('there', { selector: { app: 'x' }, ports: [{ name: 'http', port: 80 }] }),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: at('web'),
        spec: {
          ingressClassName: 'nope',
          tls: [{ hosts: ['a.example'], secretName: 'no-cert' }],
          rules: [
            {
              host: 'a.example',
              http: {
                paths: [
                  { path: '/', pathType: 'Prefix', backend: backend('there', { name: 'http' }) },
                  { path: '/api', pathType: 'Prefix', backend: backend('gone', { number: 80 }) },
                  { path: '/b', pathType: 'Prefix', backend: backend('there', { number: 81 }) },
                ],
              },
            },
          ],
        },
      },
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: at('lost'),
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone' },
        },
      },
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: at('blind'),
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
            },
          ],
        },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: at('scaled'),
        spec: {
          selector: { matchLabels: { app: 'scaled' } },
          template: {
            metadata: { labels: { app: 'scaled' } },
            spec: { containers: [{ name: 'app', image: 'app:1' }] },
          },
        },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: at('stopped'),
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } },
        },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: at('failing'),
        spec: {
          backoffLimit: 0,
          template: {
            spec: {
              nodeSelector: { none: 'such' },
              restartPolicy: 'Never',
              containers: [{ name: 'a', image: 'a:1' }],
            },
          },
        },
      },
    );
  });

  it('an ingress is said what it names that is not there', async () => {
    expect(await findingsOn('ingress', 'web')).toEqual([
      expect.stringMatching(/^There is no ingress class "nope" \(.*\)\.$/),
      'a.example/api goes to the Service "gone", which does not exist.',
      'a.example/b goes to port 81 of the Service "there", which has http (80).',
      'TLS names the Secret "no-cert", which does not exist.',
    ]);
  });

  it('an autoscaler is said why it does not scale', async () => {
    expect(await findingsOn('hpa', 'lost')).toEqual([
      'It scales Deployment "gone", which does not exist.',
    ]);
    expect((await findingsOn('hpa', 'blind'))[0]).toBe(
      'It measures cpu as a share of the request, which container app does not set.',
    );
  });

  it('a job is said to be suspended, or which of its pods failed', async () => {
    expect(await findingsOn('job', 'stopped')).toEqual([
      'It is suspended: no pod is started until spec.suspend is false.',
    ]);
    const podName = async () =>
      (await own.names('pods', '-l', 'batch.kubernetes.io/job-name=failing'))[0];
    await expect.poll(podName).toBeTruthy();
    const name = (await podName())!;
    const terminated = { exitCode: 3, reason: 'Error', startedAt: null, finishedAt: null };
    const status = {
      phase: 'Failed',
      containerStatuses: [
        {
          name: 'a',
          image: 'a:1',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { terminated },
        },
      ],
    };
    const patch = JSON.stringify({ status });
    await own.kubectl('patch', 'pod', name, '--subresource=status', '--type=merge', '-p', patch);
    expect(await findingsOn('job', 'failing')).toEqual([
      `1 of its pods failed (backoffLimit is 0): ${name} (a ended with exit code 3, Error). k8s_logs shows why.`,
    ]);
  });
});
