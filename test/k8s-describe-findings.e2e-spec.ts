import { beforeAll, describe, expect, it } from 'vitest';
import { findingsIn } from './support/findings.js';
import { createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('describe-findings');
const server = useServer({ defaults: { namespace: own.name } });
const { described, findingsOn, at, pod } = findingsIn(server, own.name);
const claim = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: at(name),
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec },
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
