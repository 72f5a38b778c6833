import { describe, expect, it } from 'vitest';
import { redactSecrets, stripManagedFields } from './redact.js';

const secret = () => ({
  kind: 'Secret',
  metadata: {
    name: 's',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":"ü"}', other: 'kept' },
    managedFields: [{}],
  },
  data: { password: Buffer.from('hunter2').toString('base64'), empty: '', odd: 'not base64!' },
  stringData: { token: 'abcü' },
});

const REDACTED = {
  metadata: {
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '<redacted, 10 bytes>',
      other: 'kept',
    },
  },
  data: {
    password: '<redacted, 7 bytes>',
    empty: '<redacted, 0 bytes>',
    odd: '<redacted, 11 bytes>',
  },
  stringData: { token: '<redacted, 5 bytes>' },
};

describe('redactSecrets', () => {
  it('hides every value of a Secret and keeps the keys', () => {
    expect(redactSecrets(secret())).toMatchObject(REDACTED);
  });

  it('hides them in lists, also where the items do not say their kind', () => {
    expect(redactSecrets({ kind: 'List', items: [secret()] }).items[0]).toMatchObject(REDACTED);
    const { kind: _, ...item } = secret();
    expect(redactSecrets({ kind: 'SecretList', items: [item] }).items[0]).toMatchObject(REDACTED);
  });

  it('leaves other kinds alone', () => {
    const configMap = { ...secret(), kind: 'ConfigMap' };
    expect(redactSecrets(structuredClone(configMap))).toEqual(configMap);
  });
});

describe('stripManagedFields', () => {
  it('removes them from objects and lists', () => {
    expect(stripManagedFields(secret()).metadata).not.toHaveProperty('managedFields');
    const list = stripManagedFields({ kind: 'List', items: [secret()] });
    expect(list.items[0]?.metadata).not.toHaveProperty('managedFields');
  });
});
