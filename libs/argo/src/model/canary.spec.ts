import { describe, expect, it } from 'vitest';
import { actualWeight, setWeight, stepText } from './canary.js';
import type { CanaryStep, Rollout, RolloutStatus } from './rollout.js';

const STEPS: CanaryStep[] = [{ pause: {} }, { setWeight: 20 }, { pause: {} }, { setWeight: 60 }];

function rollout(status: RolloutStatus, trafficRouting?: { maxTrafficWeight?: number }): Rollout {
  return {
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: '1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { strategy: { canary: { steps: STEPS, ...(trafficRouting && { trafficRouting }) } } },
    status,
  };
}

describe('setWeight', () => {
  it.each<[number, RolloutStatus]>([
    [0, {}],
    [0, { currentStepIndex: 0 }],
    [20, { currentStepIndex: 1 }],
    [20, { currentStepIndex: 2 }],
    [60, { currentStepIndex: 3 }],
    [100, { currentStepIndex: 4 }],
    [0, { currentStepIndex: 2, abort: true }],
  ])('is %s for %j', (weight, status) => {
    expect(setWeight(rollout(status))).toBe(weight);
  });
});

describe('actualWeight', () => {
  it('is the share of the available pods', () => {
    const status = { currentStepIndex: 2, availableReplicas: 3 };
    expect(actualWeight(rollout(status), 1)).toBe(33);
    expect(actualWeight(rollout({ currentStepIndex: 2 }), 0)).toBe(0);
    expect(actualWeight(rollout({ currentStepIndex: 4 }), 0)).toBe(100);
  });

  it('is what the traffic router was given', () => {
    const status = { currentStepIndex: 2, availableReplicas: 3 };
    const routed = { ...status, canary: { weights: { canary: { weight: 5 } } } };
    expect(actualWeight(rollout(routed, {}), 1)).toBe(5);
    expect(actualWeight(rollout(status, {}), 1)).toBe(20);
    expect(actualWeight(rollout({ currentStepIndex: 4 }, { maxTrafficWeight: 1000 }), 1)).toBe(
      1000,
    );
  });
});

describe('stepText', () => {
  it.each<[string, CanaryStep]>([
    ['setWeight 0', { setWeight: 0 }],
    ['pause', { pause: {} }],
    ['pause 30s', { pause: { duration: 30 } }],
    ['pause 1h', { pause: { duration: '1h' } }],
    ['setCanaryScale replicas 2', { setCanaryScale: { replicas: 2 } }],
    ['setCanaryScale weight 5', { setCanaryScale: { weight: 5 } }],
    ['setCanaryScale to the traffic weight', { setCanaryScale: { matchTrafficWeight: true } }],
    ['setHeaderRoute beta', { setHeaderRoute: { name: 'beta' } }],
    ['setMirrorRoute copy', { setMirrorRoute: { name: 'copy' } }],
    ['plugin x/y', { plugin: { name: 'x/y' } }],
    ['experiment', { experiment: {} }],
    ['analysis', { analysis: {} }],
  ])('says "%s"', (text, step) => {
    expect(stepText(step)).toBe(text);
  });
});
