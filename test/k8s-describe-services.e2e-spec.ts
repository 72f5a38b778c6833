import { beforeAll, describe, expect, it } from 'vitest';
import { findingsIn } from './support/findings.js';
import { createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('describe-services');
const server = useServer({ defaults: { namespace: own.name } });
const { described, findingsOn, at, pod } = findingsIn(server, own.name);
const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: at(name),
  spec: { ports: [{ port: 80 }], ...spec },
});

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
