import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('rollout-why');
const guarded = useNamespace('rollout-guarded');
const server = useServer({ defaults: { namespace: own.name } });

const BROKEN = 'registry.example.com/app:invalid-tag';

/** A workload of one container, with what its kind needs. */
function workload(kind: string, name: string, spec: object, image = 'nginx:1', pod: object = {}) {
  const labels = { app: name };
  const namespace = own.name;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }], ...pod } },
      ...(kind === 'StatefulSet' && { serviceName: name }),
      ...spec,
    },
  };
}

/** What the status of a workload says until it matches: its controller may not have acted yet. */
function expectStatus(name: string, resource_type = 'deployment', more: object = {}) {
  const args = { name, resource_type, timeout_seconds: 0, ...more };
  return expect.poll(() => server.textOf('k8s_rollout_status', args), { timeout: 20_000 });
}

describe('k8s_rollout_status of what does not go on', () => {
  it('names the waiting container, the last warning and the next call', async () => {
    const args = { name: 'payments', namespace: 'shop', timeout_seconds: 0 };
    const text = await server.textOf('k8s_rollout_status', args);
    expect(text).toMatch(
      /^1 of 2 replicas are updated\ndeployment "payments" is not finished after 0 s\.\n2 desired, 1 updated, 2 ready, 2 available; .* so far; images payments=\S+:invalid-tag\n/,
    );
    expect(text).toMatch(
      /\npod payments-\S+: container payments: ImagePullBackOff: Back-off pulling/,
    );
    expect(text).toMatch(/\n {2}last warning \S+ ago: Failed: Failed to pull image: tag/);
    expect(text).toMatch(/\n {2}next: k8s_describe with resource_type "pod", name "payments-\S+"/);
  });

  it.each([
    [
      'mailer',
      /container mailer: CrashLoopBackOff, \d+ restarts?, last ended with exit code 1 \(Error\)/,
      /next: k8s_logs with pod_name "mailer-\S+", container_name "mailer", previous true, namespace "shop"/,
    ],
    [
      'search',
      /container search: runs, but its readiness probe does not succeed\n {2}last warning \S+ ago: Unhealthy: .* 404/,
      /next: k8s_logs with pod_name "search-\S+", container_name "search", namespace/,
    ],
    [
      'recommender',
      /not scheduled: 0\/\d nodes are available: .*3 node\(s\) didn't match Pod's node affinity/,
      /next: k8s_describe with resource_type "pod", name "recommender-/,
    ],
  ])('says what is wrong with %s', async (name, why, next) => {
    const args = { name, namespace: 'shop', timeout_seconds: 0 };
    const text = await server.textOf('k8s_rollout_status', args);
    expect(text).toMatch(why);
    expect(text).toMatch(next);
  });

  it('folds pods in the same trouble', async () => {
    await createObjects(workload('Deployment', 'many', { replicas: 12 }, BROKEN));
    await expectStatus('many').toMatch(
      /\n12 pods: container app: ImagePullBackOff: .* \(such as many-\S+\)\n/,
    );
  });

  it.each(['DaemonSet', 'StatefulSet'])('says it of a %s', async (kind) => {
    const name = kind.toLowerCase();
    const spec = kind === 'StatefulSet' ? { replicas: 2 } : {};
    await createObjects(workload(kind, name, spec, BROKEN));
    await expectStatus(name, name).toMatch(/(pod|pods).*: container app: ImagePullBackOff: /);
  });

  it('names the broken pod of an older version, which a StatefulSet waits for', async () => {
    await createObjects(workload('StatefulSet', 'stuck', { replicas: 1 }, BROKEN));
    await expectStatus('stuck', 'statefulset').toMatch(/pod stuck-0: container app: ImagePull/);
    await own.kubectl('set', 'image', 'statefulset/stuck', 'app=nginx:1');
    await expectStatus('stuck', 'statefulset').toMatch(
      /pod stuck-0 of an older version: container app: ImagePullBackOff[^]*k8s_delete of pod stuck-0/,
    );
  });

  it('ends at once for a paused deployment', async () => {
    await createObjects(workload('Deployment', 'resting', { paused: true }));
    await expectStatus('resting', 'deployment', { timeout_seconds: 60 }).toMatch(
      /^deployment "resting" is paused: 0 of 1 replicas are updated\. k8s_patch with/,
    );
  });

  it('says why a deployment that exceeded its deadline has failed', async () => {
    const spec = { replicas: 1, progressDeadlineSeconds: 2 };
    await createObjects(workload('Deployment', 'late', spec, BROKEN));
    await expectStatus('late', 'deployment', { timeout_seconds: 60 }).toMatch(
      /deployment "late" exceeded its progress deadline: .*\n1 desired, 1 updated, 0 ready, 0 available; .*\npod late-\S+: container app: ImagePullBackOff/,
    );
  });
});

describe('k8s_rollout_status of pods that are not even created', () => {
  const at = { namespace: guarded.name };
  beforeAll(async () => {
    await createObjects({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small', namespace: guarded.name },
      spec: { hard: { pods: '1' } },
    });
    // The quota counts from when its controller has seen it.
    await guarded.kubectl(
      'wait',
      '--for=jsonpath={.status.hard.pods}=1',
      'resourcequota/small',
      '--timeout=20s',
    );
    const inGuarded = (object: ReturnType<typeof workload>) => ({
      ...object,
      metadata: { ...object.metadata, namespace: guarded.name },
    });
    await createObjects(
      inGuarded(workload('Deployment', 'over', { replicas: 3 })),
      inGuarded(workload('StatefulSet', 'set', { replicas: 2 })),
    );
  });

  it.each([
    [
      'deployment',
      'over',
      /ReplicaSet over-\w+ cannot create its pods: pods "over-\S+" is forbidden/,
    ],
    ['statefulset', 'set', /StatefulSet set cannot create its pods: .* is forbidden/],
  ])('names the quota that keeps a %s from more', async (kind, name, why) => {
    await expectStatus(name, kind, at).toMatch(why);
    await expectStatus(name, kind, at).toMatch(
      /exceeded quota: small, .*\n {2}next: k8s_describe with resource_type "resourcequota", name "small"/,
    );
  });

  it('says what an admission refuses', async () => {
    const privileged = { hostNetwork: true };
    await own.kubectl('label', 'ns', own.name, 'pod-security.kubernetes.io/enforce=baseline');
    await createObjects(workload('Deployment', 'unsafe', { replicas: 1 }, 'nginx:1', privileged));
    await expectStatus('unsafe').toMatch(
      /ReplicaSet unsafe-\w+ cannot create its pods: .* violates PodSecurity "baseline:latest": .*\n {2}next: k8s_events with resource "replicaset\/unsafe-/,
    );
  });
});
