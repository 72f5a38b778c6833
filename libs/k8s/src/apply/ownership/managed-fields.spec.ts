import { describe, expect, it } from 'vitest';
import {
  changedFields,
  fieldText,
  lostFields,
  presentFields,
  removeFields,
  unionOf,
} from './managed-fields.js';
import { claimedManagedFields, upgradedManagedFields } from './managed-fields-upgrade.js';

const PORT = 'k:{"containerPort":80,"protocol":"TCP"}';

const SET = {
  'f:metadata': { 'f:labels': { 'f:app.io/tier': {} }, 'f:finalizers': { 'v:"keep"': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:containers': {
      'k:{"name":"web"}': {
        '.': {},
        'f:name': {},
        'f:image': {},
        'f:ports': { '.': {}, [PORT]: { '.': {}, 'f:containerPort': {} } },
        'f:resources': { 'f:limits': { 'f:cpu': {} } },
      },
    },
  },
};

const object = () => ({
  metadata: { labels: { 'app.io/tier': 'front' }, finalizers: ['other', 'keep'] },
  spec: {
    replicas: 2,
    containers: [
      { name: 'sidecar', image: 's' },
      {
        name: 'web',
        image: 'nginx',
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        resources: { limits: { cpu: '1' } },
      },
    ],
  },
});

type Sample = ReturnType<typeof object>;

describe('an item that is known by a number beyond 2^53', () => {
  const [odd, even] = [9007199254740993n, 9007199254740992n];
  const set = {
    'f:parts': { 'k:{"id":9007199254740993}': { '.': {}, 'f:id': {}, 'f:size': {} } },
    'f:marks': { 'v:9007199254740993': {} },
  };

  it('is named with all digits', () => {
    expect(lostFields(set, {}).map(fieldText)).toEqual([
      'parts[id=9007199254740993]',
      'marks[=9007199254740993]',
    ]);
  });

  it('is not taken for the one that a double takes it for', () => {
    const value = { parts: [{ id: even }, { id: odd }], marks: [even, odd] };
    removeFields(value, lostFields(set, {}));
    expect(value).toEqual({ parts: [{ id: even }], marks: [even] });
  });
});

describe(lostFields.name, () => {
  it('names the outermost fields that are no longer there', () => {
    const kept = {
      'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:name': {}, 'f:image': {} } } },
    };
    expect(lostFields(SET, kept).map(fieldText)).toEqual([
      'metadata.labels.app.io/tier',
      'metadata.finalizers[="keep"]',
      'spec.replicas',
      'spec.containers[name="web"].ports',
      'spec.containers[name="web"].resources.limits.cpu',
    ]);
  });

  it('sees through an empty map that is there in place of a full one', () => {
    const set = { 'f:labels': { 'f:a': {} } };
    expect(lostFields(set, { 'f:labels': {} }).map(fieldText)).toEqual(['labels.a']);
  });
});

describe(changedFields.name, () => {
  const changed = (after: unknown, kept = {}) =>
    changedFields(SET, kept, object(), after).map(fieldText);

  it('leaves out what stays as it was by a default', () => {
    expect(changed(object())).toEqual([]);
  });

  it('names what is gone, and what has another value', () => {
    const after = object();
    after.spec.replicas = 1;
    after.spec.containers[1] = { name: 'web', image: 'nginx', ports: [], resources: {} } as never;
    after.metadata.finalizers = ['other'];
    expect(changed(after)).toEqual([
      'metadata.finalizers[="keep"]',
      'spec.replicas',
      'spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]',
      'spec.containers[name="web"].resources.limits.cpu',
    ]);
  });

  it('leaves out what somebody still sets', () => {
    const after = object();
    after.spec.replicas = 1;
    expect(changed(after, { 'f:spec': { 'f:replicas': {} } })).toEqual([]);
  });
});

describe(removeFields.name, () => {
  it('removes several items of a list', () => {
    const changed = object();
    removeFields(changed, [
      ['f:spec', 'f:containers', 'k:{"name":"web"}'],
      ['f:spec', 'f:containers', 'k:{"name":"sidecar"}'],
      ['f:spec', 'f:containers', 'k:{"name":"nobody"}'],
    ]);
    expect(changed.spec.containers).toEqual([]);
  });

  it.each([
    [['f:spec', 'f:replicas'], (left: Sample) => left.spec.replicas, undefined],
    [
      ['f:metadata', 'f:finalizers', 'v:"keep"'],
      (left: Sample) => left.metadata.finalizers,
      ['other'],
    ],
    [
      ['f:spec', 'f:containers', 'k:{"name":"web"}'],
      (left: Sample) => left.spec.containers.map(({ name }) => name),
      ['sidecar'],
    ],
    [['f:spec', 'f:nothing', 'f:here'], (left: Sample) => left, object()],
  ])('removes %j', (path, read, expected) => {
    const changed = object();
    removeFields(changed, [path]);
    expect(read(changed)).toEqual(expected);
  });
});

describe(presentFields.name, () => {
  it('gives the part of a set that an object has', () => {
    const part = { spec: { replicas: 5, containers: [{ name: 'web', image: 'x' }] } };
    expect(lostFields(SET, presentFields(SET, part)).map(fieldText)).toEqual([
      'metadata.labels.app.io/tier',
      'metadata.finalizers[="keep"]',
      'spec.containers[name="web"].ports',
      'spec.containers[name="web"].resources.limits.cpu',
    ]);
  });
});

describe(claimedManagedFields.name, () => {
  const path = ['f:spec', 'f:strategy', 'f:rollingUpdate'];
  const inner = { 'f:strategy': { 'f:rollingUpdate': { 'f:maxSurge': {} } } };

  it('moves a field with what is in it from whoever has it', () => {
    const helm = { manager: 'helm', fieldsV1: { 'f:spec': { ...inner, 'f:replicas': {} } } };
    const only = { manager: 'other', fieldsV1: { 'f:spec': inner } };
    expect(claimedManagedFields([helm, only], 'apps/v1', [path])).toEqual([
      {
        manager: 'skyflo-mcp',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:strategy': { 'f:rollingUpdate': {} } } },
      },
      { manager: 'helm', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]);
  });
});

describe(upgradedManagedFields.name, () => {
  const kubectl = {
    manager: 'kubectl-client-side-apply',
    operation: 'Update' as const,
    apiVersion: 'apps/v1',
    fieldsV1: {
      'f:metadata': {
        'f:annotations': {
          '.': {},
          'f:kubectl.kubernetes.io/last-applied-configuration': {},
          'f:note': {},
        },
      },
      'f:spec': { 'f:replicas': {} },
    },
  };
  const other = { manager: 'helm', operation: 'Update' as const, fieldsV1: { 'f:a': {} } };
  const upgrade = (managedFields: object[]) =>
    upgradedManagedFields({ metadata: { managedFields } });

  it('has nothing to do where kubectl has not applied', () => {
    expect(upgrade([other])).toBeUndefined();
    expect(upgradedManagedFields({})).toBeUndefined();
  });

  it('makes the entry of kubectl ours, without its own annotation', () => {
    const fieldsV1 = {
      'f:metadata': { 'f:annotations': { 'f:note': {} } },
      'f:spec': { 'f:replicas': {} },
    };
    expect(upgrade([other, kubectl])).toEqual([
      { manager: 'skyflo-mcp', operation: 'Apply', apiVersion: 'apps/v1', fieldsV1 },
      other,
    ]);
  });

  it('moves nothing where only that annotation is its own', () => {
    const fieldsV1 = {
      'f:metadata': {
        'f:annotations': { '.': {}, 'f:kubectl.kubernetes.io/last-applied-configuration': {} },
      },
    };
    expect(upgrade([{ ...kubectl, fieldsV1 }])?.[0]?.fieldsV1).toEqual({});
  });

  it('adds it to an entry of ours of the same version only', () => {
    const ours = { manager: 'skyflo-mcp', operation: 'Apply', fieldsV1: { 'f:x': {} } };
    const [same] = upgrade([{ ...ours, apiVersion: 'apps/v1' }, kubectl]) ?? [];
    expect(Object.keys(unionOf([same!]))).toEqual(['f:x', 'f:metadata', 'f:spec']);
    const [another] = upgrade([{ ...ours, apiVersion: 'apps/v1beta1' }, kubectl]) ?? [];
    expect(another?.fieldsV1).toEqual({ 'f:x': {} });
  });
});
