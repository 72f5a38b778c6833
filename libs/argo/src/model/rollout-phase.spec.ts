import { describe, expect, it } from 'vitest';
import { isObserved, rolloutPhase } from './rollout-phase.js';
import type { Rollout, RolloutSpec, RolloutStatus } from './rollout.js';

const DONE: RolloutStatus = {
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  currentPodHash: 'b',
  stableRS: 'b',
  blueGreen: { activeSelector: 'b' },
};

function rollout(
  status: RolloutStatus,
  spec: Partial<RolloutSpec> = {},
  metadata: object = {},
): Rollout {
  return {
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: '1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 3,
      ...metadata,
    },
    spec: { replicas: 2, strategy: { canary: {} }, ...spec },
    status,
  };
}

const blueGreen: Partial<RolloutSpec> = { strategy: { blueGreen: {} } };

describe('rolloutPhase', () => {
  it("is the controller's own word once it has taken up the spec", () => {
    const status = { phase: 'Paused', message: 'CanaryPauseStep', observedGeneration: '3' };
    expect(rolloutPhase(rollout(status))).toEqual({ phase: 'Paused', message: 'CanaryPauseStep' });
  });

  it.each<[string, RolloutStatus]>([
    ['waiting for rollout spec update to be observed', { observedGeneration: '2' }],
    ['waiting for rollout to unpause', { controllerPause: true }],
    ['waiting for rollout to abort', { abort: true }],
    ['waiting for rollout to retry', { abort: false, abortedAt: '2026-01-01T00:00:00Z' }],
    ['waiting for full promotion', { promoteFull: true }],
  ])('is Progressing while "%s", whatever the controller said before', (message, asked) => {
    const status = { phase: 'Paused', observedGeneration: '3', ...asked };
    expect(rolloutPhase(rollout(status))).toEqual({ phase: 'Progressing', message });
  });

  it.each<[string, string, RolloutStatus, Partial<RolloutSpec>?]>([
    ['Healthy', '', DONE],
    ['Healthy', '', DONE, blueGreen],
    ['Progressing', 'more replicas need to be updated', {}],
    ['Progressing', 'updated replicas are still', { ...DONE, availableReplicas: 1 }],
    ['Progressing', 'old replicas are pending termination', { ...DONE, replicas: 3 }],
    ['Progressing', 'waiting for all steps to complete', { ...DONE, stableRS: 'a' }],
    ['Progressing', 'active service cutover', { ...DONE, blueGreen: {} }, blueGreen],
    ['Progressing', 'post-promotion', { ...DONE, stableRS: 'a' }, blueGreen],
    ['Progressing', 'rollout is restarting', DONE, { restartAt: '2026-01-01T00:00:00Z' }],
    ['Paused', 'manually paused', DONE, { paused: true }],
    [
      'Paused',
      'BlueGreenPause',
      { pauseConditions: [{ reason: 'BlueGreenPause', startTime: '' }] },
    ],
    [
      'Degraded',
      'InvalidSpec: no',
      { conditions: [{ type: 'InvalidSpec', status: 'True', message: 'no' }] },
    ],
    [
      'Degraded',
      'RolloutAborted: x',
      {
        conditions: [
          { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message: 'x' },
        ],
      },
    ],
  ])('without a word of the controller is %s: %s', (phase, message, status, spec) => {
    const found = rolloutPhase(rollout(status, spec));
    expect(found.phase).toBe(phase);
    expect(found.message).toContain(message);
  });
});

describe('isObserved', () => {
  it('takes the hash of an old controller for its word', () => {
    expect(isObserved(rollout({ observedGeneration: '6f8d9c7b5' }))).toBe(true);
  });

  it('asks for the workload that the rollout refers to, too', () => {
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const annotations = { 'rollout.argoproj.io/workload-generation': '5' };
    const of = (workloadObservedGeneration: string) =>
      rollout(
        { observedGeneration: '3', workloadObservedGeneration },
        { workloadRef },
        { annotations },
      );
    expect([isObserved(of('4')), isObserved(of('5'))]).toEqual([false, true]);
  });
});
