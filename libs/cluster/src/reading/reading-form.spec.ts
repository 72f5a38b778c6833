import { describe, expect, it } from 'vitest';
import { ObjectSchema } from '../objects/object-schema.js';
import { dropDefaults } from './defaults.js';
import { dropEmpty } from './empty-maps.js';
import { KIND_DEFAULTS } from './kind-defaults.js';
import { dropDerived, dropInjected } from './pod-defaults.js';
import { PublishedDefaults } from './published-defaults.js';

describe(dropDefaults, () => {
  const deployment = (spec: object) => {
    const object = { spec };
    dropDefaults(object, KIND_DEFAULTS['deployments.apps']!);
    return object.spec;
  };

  it('keeps what differs from a default', () => {
    const rolling = { maxSurge: '25%', maxUnavailable: 0 };
    expect(
      deployment({
        replicas: 1,
        progressDeadlineSeconds: 60,
        revisionHistoryLimit: 10n,
        strategy: { type: 'RollingUpdate', rollingUpdate: rolling },
      }),
    ).toEqual({
      replicas: 1,
      progressDeadlineSeconds: 60,
      revisionHistoryLimit: 10n,
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
    });
    expect(deployment({ strategy: { type: 'Recreate' } })).toEqual({
      strategy: { type: 'Recreate' },
    });
  });

  it('leaves out a value whose fields are all defaults, and keeps an empty one that means something', () => {
    const spec = deployment({
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      },
      template: {
        spec: {
          containers: [{ name: 'a', resources: {}, securityContext: { runAsUser: 0 } }],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    });
    expect(spec).toEqual({
      template: {
        spec: {
          containers: [{ name: 'a', securityContext: { runAsUser: 0 } }],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    });
  });

  it('takes an object of any shape', () => {
    expect(deployment({ template: null, strategy: 'x' })).toEqual({
      template: null,
      strategy: 'x',
    });
  });
});

describe(dropDerived, () => {
  it.each([
    ['nginx', 'Always', undefined],
    ['nginx:latest', 'Always', undefined],
    ['host:5000/nginx', 'Always', undefined],
    ['host:5000/nginx:1', 'IfNotPresent', undefined],
    ['nginx@sha256:abc', 'IfNotPresent', undefined],
    ['nginx:latest@sha256:abc', 'IfNotPresent', undefined],
    ['nginx:1', 'Always', 'Always'],
    ['nginx', 'IfNotPresent', 'IfNotPresent'],
    ['nginx:1', 'Never', 'Never'],
  ])('of image %s and policy %s leaves %s', (image, imagePullPolicy, left) => {
    const spec = { containers: [{ image, imagePullPolicy }] };
    dropDerived(spec);
    expect(spec.containers[0]?.imagePullPolicy).toBe(left);
  });
});

describe(dropInjected, () => {
  it('keeps what a user may have written', () => {
    const toleration = { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready' };
    const own = { ...toleration, operator: 'Exists', tolerationSeconds: 30 };
    const mount = { name: 'data', mountPath: '/data' };
    const token = '/var/run/secrets/kubernetes.io/serviceaccount';
    const spec = {
      tolerations: [own, { ...own, tolerationSeconds: 300 }],
      volumes: [{ name: 'data' }, { name: 'kube-api-access-x', projected: {} }],
      containers: [
        { name: 'a', volumeMounts: [mount, { name: 'kube-api-access-x', mountPath: token }] },
        { name: 'b', volumeMounts: [{ name: 'kube-api-access-x', mountPath: token }] },
      ],
    };
    dropInjected(spec);
    expect(spec).toEqual({
      tolerations: [own],
      volumes: [{ name: 'data' }],
      containers: [{ name: 'a', volumeMounts: [mount] }, { name: 'b' }],
    });
  });
});

describe(PublishedDefaults, () => {
  it('leaves out what is optional, named by the schema, no selector, and no part of a whole', () => {
    const text = { type: 'string', default: '' };
    const items = { properties: { size: { default: 3 } } };
    const byName = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    };
    const schema = new ObjectSchema(
      {
        properties: {
          spec: {
            required: ['needed'],
            properties: {
              needed: text,
              optional: text,
              podSelector: { type: 'object', default: {} },
              nothing: { type: 'object', default: {} },
              data: { type: 'object', additionalProperties: text },
              list: { ...byName, items },
              whole: { type: 'array', items },
              atomic: { ...items, 'x-kubernetes-map-type': 'atomic' },
            },
          },
        },
      },
      {},
    );
    const object = {
      spec: {
        needed: '',
        optional: '',
        podSelector: {},
        nothing: {},
        data: { key: '' },
        list: [{ size: 3 }, { size: 4 }],
        whole: [{ size: 3 }],
        atomic: { size: 3 },
        other: '',
      },
      status: { optional: '' },
    };
    new PublishedDefaults(schema).dropFrom(object);
    expect(object).toEqual({
      spec: {
        needed: '',
        podSelector: {},
        data: { key: '' },
        list: [{}, { size: 4 }],
        whole: [{ size: 3 }],
        atomic: { size: 3 },
        other: '',
      },
      status: { optional: '' },
    });
  });
});

describe(dropEmpty, () => {
  it('keeps lists, their items, and all that is no map', () => {
    const object = { status: { a: {}, b: { c: {} }, d: [], e: [{}, { f: {}, g: 0 }], h: '' } };
    dropEmpty(object, 'status');
    expect(object).toEqual({ status: { d: [], e: [{}, { g: 0 }], h: '' } });
    const nothing = { status: { a: { b: {} } } };
    dropEmpty(nothing, 'status');
    expect(nothing).toEqual({});
  });
});
