import { describe, expect, it } from 'vitest';
import type { LivePod } from './pod-state.js';
import { podTrouble } from './pod-trouble.js';

type Status = NonNullable<LivePod['status']>;
type Container = NonNullable<Status['containerStatuses']>[number];

const SCHEDULED = { type: 'PodScheduled', status: 'True' };

function pod(status: Status, metadata: object = {}, spec: object = {}): LivePod {
  return {
    metadata: { name: 'web-0', namespace: 'shop', uid: 'u', resourceVersion: '1', ...metadata },
    spec: { nodeName: 'node-1', containers: [{ name: 'web' }], ...spec },
    status: { phase: 'Pending', conditions: [SCHEDULED], ...status },
  };
}

const web = (more: Omit<Container, 'name'>): Container => ({ name: 'web', ...more });
const init = (more: Omit<Container, 'name'>): Container => ({ name: 'setup', ...more });
const creating = web({ state: { waiting: { reason: 'PodInitializing' } } });
const ended = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason } });

describe(podTrouble.name, () => {
  const textOf = (one: LivePod) => podTrouble(one)?.text;

  it('has nothing to say of a pod that is ready', () => {
    expect(podTrouble(pod({ conditions: [{ type: 'Ready', status: 'True' }] }))).toBeUndefined();
  });

  it.each<[string, Status, string, string]>([
    [
      'a container that lacks its ConfigMap',
      {
        containerStatuses: [
          web({
            state: {
              waiting: { reason: 'CreateContainerConfigError', message: 'configmap "a" not found' },
            },
          }),
        ],
      },
      'container web: CreateContainerConfigError: configmap "a" not found',
      'k8s_describe with resource_type "pod", name "web-0", namespace "shop"',
    ],
    [
      'a container that was killed for its memory',
      {
        containerStatuses: [
          web({
            restartCount: 1,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting' } },
            lastState: ended(137, 'OOMKilled'),
          }),
        ],
      },
      'container web: CrashLoopBackOff, 1 restart, last ended with exit code 137 (OOMKilled)',
      'k8s_logs with pod_name "web-0", container_name "web", previous true, namespace "shop"',
    ],
    [
      'an init container that fails, and not the containers that wait for it',
      {
        initContainerStatuses: [init({ state: ended(2, 'Error') })],
        containerStatuses: [creating],
      },
      'init container setup: ended with exit code 2 (Error)',
      'k8s_logs with pod_name "web-0", container_name "setup", namespace "shop"',
    ],
    [
      'a container whose startup probe fails',
      { containerStatuses: [web({ started: false, state: { running: {} } })] },
      'container web: runs, but its startup probe does not succeed',
      'k8s_logs with pod_name "web-0", container_name "web", namespace "shop"',
    ],
    [
      'a pod that was evicted',
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      'Failed: Evicted: The node was low on resource: memory.',
      'k8s_describe with resource_type "pod", name "web-0", namespace "shop"',
    ],
    [
      'a readiness gate',
      {
        containerStatuses: [web({ ready: true, state: { running: {} } })],
        conditions: [
          SCHEDULED,
          {
            type: 'Ready',
            status: 'False',
            message: 'the status of pod readiness gate "x" is not',
          },
        ],
      },
      'not ready: the status of pod readiness gate "x" is not',
      'k8s_describe with resource_type "pod", name "web-0", namespace "shop"',
    ],
  ])('tells of %s', (_, status, text, next) => {
    expect(podTrouble(pod(status))).toMatchObject({ text, next });
  });

  it('tells of an init container that still runs, but not of a sidecar', () => {
    const startedAt = new Date(Date.now() - 300_000).toISOString();
    const status = {
      initContainerStatuses: [init({ state: { running: { startedAt } } })],
      containerStatuses: [creating],
    };
    expect(textOf(pod(status))).toBe('init container setup still runs (for 5m)');
    const sidecar = { initContainers: [{ name: 'setup', restartPolicy: 'Always' }] };
    expect(textOf(pod(status, {}, sidecar))).toBe('container web: PodInitializing');
  });

  it('tells of a pod that is ending, and of one that no scheduler has seen', () => {
    const deletionTimestamp = new Date(Date.now() - 60_000).toISOString();
    expect(textOf(pod({}, { deletionTimestamp }))).toBe('is ending (for 60s)');
    const unseen = pod({ conditions: [] }, {}, { nodeName: undefined, schedulerName: 'mine' });
    expect(textOf(unseen)).toBe('the scheduler "mine" has not looked at it yet');
  });

  it('takes the two reasons of an image that cannot be pulled for one trouble', () => {
    const keys = ['ErrImagePull', 'ImagePullBackOff'].map((reason) => {
      const waiting = { reason, message: reason };
      return podTrouble(pod({ containerStatuses: [web({ state: { waiting } })] }))?.key;
    });
    expect(keys[0]).toBe(keys[1]);
  });

  it('puts long texts of the cluster on one line of limited length', () => {
    const waiting = { reason: 'RunContainerError', message: `a\nb ${'x'.repeat(5_000)}` };
    const text = textOf(pod({ containerStatuses: [web({ state: { waiting } })] }))!;
    expect(text).toMatch(/^container web: RunContainerError: a b x+…$/);
    expect(text.length).toBeLessThan(500);
  });
});
