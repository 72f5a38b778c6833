import { describe, expect, it } from 'vitest';
import { ApiResource } from './api-resource.js';
import { findResource } from './resource-names.js';

const resource = (
  group: string,
  version: string,
  kind: string,
  plural: string,
  short: string[] = [],
) =>
  new ApiResource({
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced: true,
    shortNames: short,
    verbs: ['list'],
    categories: [],
    subresources: [],
  });

// In the API server's order of preference.
const RESOURCES = [
  resource('', 'v1', 'Pod', 'pods', ['po']),
  resource('', 'v1', 'Event', 'events', ['ev']),
  resource('apps', 'v1', 'Deployment', 'deployments', ['deploy']),
  resource('events.k8s.io', 'v1', 'Event', 'events', ['ev']),
  resource('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', ['hpa']),
  resource('autoscaling', 'v1', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', ['hpa']),
  resource('argoproj.io', 'v1alpha1', 'Rollout', 'rollouts', ['ro']),
  resource('example.com', 'v1', 'Po', 'pos'),
  resource('metrics.k8s.io', 'v1beta1', 'PodMetrics', 'pods'),
];

describe('findResource', () => {
  it.each([
    ['pods', '/api/v1/pods'],
    ['pod', '/api/v1/pods'],
    ['Pod', '/api/v1/pods'],
    ['PODS', '/api/v1/pods'],
    ['deploy', '/apis/apps/v1/deployments'],
    ['deployments.apps', '/apis/apps/v1/deployments'],
    ['deployment.v1.apps', '/apis/apps/v1/deployments'],
    ['events', '/api/v1/events'],
    ['ev.events.k8s.io', '/apis/events.k8s.io/v1/events'],
    ['events.v1.events.k8s.io', '/apis/events.k8s.io/v1/events'],
    ['hpa', '/apis/autoscaling/v2/horizontalpodautoscalers'],
    ['horizontalpodautoscalers.v1.autoscaling', '/apis/autoscaling/v1/horizontalpodautoscalers'],
    ['rollouts.argoproj.io', '/apis/argoproj.io/v1alpha1/rollouts'],
    ['ro.argo', '/apis/argoproj.io/v1alpha1/rollouts'],
    ['podmetrics', '/apis/metrics.k8s.io/v1beta1/pods'],
  ])('takes %s', (name, path) => {
    expect(findResource(RESOURCES, name)?.path()).toBe(path);
  });

  it('prefers a full name to a short name', () => {
    expect(findResource(RESOURCES, 'po')?.group).toBe('example.com');
  });

  it.each(['podz', 'deployments.batch', 'deployments.v2.apps', ''])('does not know %j', (name) => {
    expect(findResource(RESOURCES, name)).toBeUndefined();
  });
});

describe('ApiResource', () => {
  it('makes paths', () => {
    const [pods, , deployments] = RESOURCES;
    expect(pods!.path('shop', 'api', 'log')).toBe('/api/v1/namespaces/shop/pods/api/log');
    expect(deployments!.path('shop', 'system:a')).toBe(
      '/apis/apps/v1/namespaces/shop/deployments/system%3Aa',
    );
    expect(deployments).toMatchObject({
      apiVersion: 'apps/v1',
      groupResource: 'deployments.apps',
      typeName: 'deployment.apps',
    });
  });

  it.each(['..', '.', 'a/b', ''])('refuses %j as a name', (name) => {
    expect(() => RESOURCES[0]!.path('shop', name)).toThrow('cannot be the name');
    expect(() => RESOURCES[0]!.path(name)).toThrow('cannot be the name');
  });
});
