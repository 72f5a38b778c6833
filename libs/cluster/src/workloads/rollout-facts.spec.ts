import { describe, expect, it } from 'vitest';
import { factsLine, isOfEarlierChange } from './rollout-facts.js';
import type { ManagedFieldsEntry, Workload } from './rollout-state.js';

const SECOND = 1_000;
const before = (seconds: number) => new Date(Date.now() - seconds * SECOND).toISOString();

function workload(managedFields: ManagedFieldsEntry[], progressedAt?: string): Workload {
  const counts = { updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1 };
  const progressing = {
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    lastUpdateTime: progressedAt,
  };
  return {
    metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1', managedFields },
    spec: {
      replicas: 3,
      template: {
        spec: {
          initContainers: [{ name: 'setup', image: 'busybox:1' }],
          containers: [{ name: 'web', image: 'nginx:1' }],
        },
      },
    },
    status: { ...counts, conditions: progressedAt === undefined ? [] : [progressing] },
  };
}

const changed = (time: string, more: object = {}) => ({
  time,
  fieldsV1: { 'f:spec': {} },
  ...more,
});

describe(factsLine.name, () => {
  const COUNTS = '3 desired, 2 updated, 2 ready, 1 available';
  const IMAGES = 'images init setup=busybox:1, web=nginx:1';
  const going = { state: 'progressing', sawEnd: false } as const;
  const done = { state: 'complete', sawEnd: false } as const;

  it('counts the time from the latest change of the spec, also by a subresource', () => {
    const entries = [
      changed(before(500)),
      changed(before(90), { subresource: 'scale' }),
      changed(before(5), { subresource: 'status' }),
      { time: before(1), fieldsV1: { 'f:metadata': {} } },
    ];
    expect(factsLine('deployment', workload(entries), going)).toBe(
      `${COUNTS}; 90s so far; ${IMAGES}`,
    );
  });

  it('says how long it took, where the controller says when it was complete', () => {
    const entries = [changed(before(100))];
    expect(factsLine('deployment', workload(entries, before(60)), done)).toContain('; took 40s; ');
    expect(factsLine('deployment', workload(entries, before(500)), done)).toContain(
      '; last changed 100s ago; ',
    );
    const seen = { ...done, sawEnd: true };
    expect(factsLine('statefulset', workload(entries), seen)).toContain('; took 100s; ');
  });

  it('says no time where nothing tells when it began', () => {
    expect(factsLine('deployment', workload([]), going)).toBe(`${COUNTS}; ${IMAGES}`);
  });

  it('takes the counts of a DaemonSet from its own fields', () => {
    const daemonSet = workload([]);
    daemonSet.status = {
      desiredNumberScheduled: 4,
      updatedNumberScheduled: 3,
      numberReady: 2,
      numberAvailable: 1,
    };
    expect(factsLine('daemonset', daemonSet, going)).toMatch(
      /^4 desired, 3 updated, 2 ready, 1 available; /,
    );
  });
});

describe(isOfEarlierChange.name, () => {
  it('tells a failure before the latest change from one after it', () => {
    const entries = [changed(before(100))];
    expect(isOfEarlierChange(workload(entries, before(200)))).toBe(true);
    expect(isOfEarlierChange(workload(entries, before(50)))).toBe(false);
  });
});
